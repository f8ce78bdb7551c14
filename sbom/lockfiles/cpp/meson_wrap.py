"""Meson's subprojects/*.wrap: what is fetched to be built with a project.

A wrap-file names an archive and its SHA-256; its version is the one of the wrap database without the wrap's
own revision, or the one that the unpacked folder is called by. A wrap-git, wrap-hg or wrap-svn names a
repository. Whether a subproject is shipped is not told. Format: https://mesonbuild.com/Wrap-dependency-system-manual.html
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.fetched import Fetched, is_exact_revision, record_fetched
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import UnknownKind

_HEADER = re.compile(r"\[([\w-]+)\]")
_SETTING = re.compile(r"([A-Za-z0-9_.-]+)\s*=\s*(.*)")
_WRAPS = ("wrap-file", "wrap-git", "wrap-hg", "wrap-svn")
_WRAP_REVISION = re.compile(r"(.+)-\d+")
_FOLDER_VERSION = re.compile(r"[-_]v?(\d[\w.+-]*)\Z")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the subproject that the file stands for."""
    broken: list[tuple[int, str]] = []
    sections, lines = _read(decode_text(file.content), broken)
    findings.alike(UnknownKind.BROKEN, broken)
    kind = next((name for name in _WRAPS if name in sections), None)
    if kind is None:
        if "wrap-redirect" in sections:
            return
        raise Malformed("not a wrap: none of its sections says what to fetch", 1)
    settings, line = sections[kind], lines[kind]
    name = file.name.removesuffix(".wrap")
    if kind == "wrap-file":
        _record_archive(name, settings, line, findings)
        return
    revision = settings.get("revision")
    fetched = Fetched(
        name,
        repository=settings.get("url"),
        system=kind.removeprefix("wrap-"),
        revision=revision if revision and is_exact_revision(revision) else None,
        constraint=revision,
        line=line,
    )
    record_fetched(fetched, findings)


def _record_archive(name: str, settings: dict[str, str], line: int, findings: Findings) -> None:
    version = settings.get("wrapdb_version")
    stripped = _WRAP_REVISION.fullmatch(version) if version else None
    folder = _FOLDER_VERSION.search(settings.get("directory", ""))
    found = stripped[1] if stripped else version or (folder[1] if folder else None)
    fetched = Fetched(
        name,
        archive=settings.get("source_url"),
        version=found,
        hashes=digests([f"sha256:{settings.get('source_hash', '')}"]),
        line=line,
        is_named_by_wrap=True,
    )
    record_fetched(fetched, findings)


def _read(text: str, broken: list[tuple[int, str]]) -> tuple[dict[str, dict[str, str]], dict[str, int]]:
    """Settings and the line of each section; lines that are neither are added to `broken`."""
    sections: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    current: dict[str, str] | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        header, setting = _HEADER.fullmatch(line), _SETTING.fullmatch(line)
        if header is not None:
            current = sections.setdefault(header[1], {})
            lines.setdefault(header[1], number)
        elif setting is not None and current is not None:
            current[setting[1].lower()] = setting[2].strip()
        elif line and line[0] not in "#;":
            broken.append((number, "not a line of a wrap"))
    return sections, lines


FORMAT = Format(
    name="meson-wrap",
    version="1",
    globs=("subprojects/*.wrap", "*/subprojects/*.wrap"),
    purl_type="generic",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Meson wraps: subprojects/*.wrap",
)
