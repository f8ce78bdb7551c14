"""Git submodules: the repositories that .gitmodules names, at the commits that the tree pins.

Only the file at the root counts for git. A plain folder pins no commits. Whether a submodule belongs to the
product or to its tests is not told. Format: https://git-scm.com/docs/gitmodules
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_repository

_HEADER = re.compile(r'\[\s*submodule\s+"((?:[^"\\]|\\.)*)"\s*\]\s*')
_SETTING = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)")


@dataclass(slots=True)
class _Submodule:
    name: str
    line: int
    settings: dict[str, str] = field(default_factory=dict)


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the submodules; one without commit or with a relative URL is an unknown."""
    if file.folder:
        return
    pinned = dict(file.tree.submodules)
    broken: list[tuple[int, str]] = []
    for module in _read(decode_text(file.content), broken):
        path = posixpath.normpath(module.settings.get("path") or module.name)
        commit = pinned.pop(path, None)
        _record(module, commit, findings)
    merge_components(findings)
    findings.alike(UnknownKind.BROKEN, broken)
    for path in sorted(pinned):
        findings.unknown(UnknownKind.UNRESOLVED, f"no URL is named for the submodule at {path}")


def _read(text: str, broken: list[tuple[int, str]]) -> Iterator[_Submodule]:
    module: _Submodule | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        header = _HEADER.fullmatch(line)
        setting = _SETTING.fullmatch(line)
        if header is not None or line.startswith("["):
            if module is not None:
                yield module
            module = _Submodule(header[1], number) if header is not None else None
        elif setting is not None:
            if module is not None:
                module.settings[setting[1].lower()] = setting[2].strip().strip('"')
        elif line and line[0] not in "#;":
            broken.append((number, "not a line of a git configuration file"))
    if module is not None:
        yield module


def _record(module: _Submodule, commit: str | None, findings: Findings) -> None:
    url = module.settings.get("url", "")
    coordinates = split_repository(url)
    if coordinates is None:
        reason = f"submodule {module.name}: its repository is named relative to another, or not at all"
        findings.unknown(UnknownKind.UNRESOLVED, reason, module.line)
        return
    purl = findings.component(
        *coordinates,
        commit,
        constraint=module.settings.get("branch"),
        direct=True,
        source_url=git_url(url, commit),
        line=module.line,
    )
    findings.edge(None, purl, constraint=module.settings.get("branch"), line=module.line)
    if commit is None:
        reason = f"submodule {module.name}: no commit is pinned in what was scanned"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, module.line)


FORMAT = Format(
    name="gitmodules",
    version="2",
    globs=(".gitmodules",),
    purl_type="github",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="git submodules",
)
