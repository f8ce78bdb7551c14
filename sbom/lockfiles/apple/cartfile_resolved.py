"""Carthage's Cartfile.resolved: the pinned repositories and binaries, as one flat list.

purl has no type for Carthage. A GitHub repository gets the type `github`; another repository or a binary is
`generic`, named by its address. What depends on what the file does not tell.
"""

import posixpath
import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.apple.swift_resolved import repository_path
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path

_LINE = re.compile(r'\s*(github|git|binary)\s+"([^"]+)"\s+"([^"]+)"\s*(?:#.*)?')
_FORGE = "github.com"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write each pinned repository; other lines are unknowns."""
    broken: list[tuple[int, str]] = []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(decode_text(file.content).split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.rstrip("\r"))
        if found is None:
            broken.append((number, "a line that pins nothing"))
        elif (found[2], found[3]) not in seen:
            seen.add((found[2], found[3]))
            _record(findings, *found.groups(), line=number)
    findings.alike(UnknownKind.BROKEN, broken)


def _record(findings: Findings, kind: str, address: str, version: str, *, line: int) -> None:
    is_short = kind == "github" and "://" not in address
    url = f"https://{_FORGE}/{address}" if is_short else address
    path = repository_path(url)
    if path is None:  # a folder of the developer's machine
        namespace, name, purl_type = None, posixpath.basename(address), "generic"
    elif path.startswith(f"{_FORGE}/") and kind != "binary":
        namespace, name = split_path(path.removeprefix(f"{_FORGE}/"))
        purl_type = "github"
    else:
        namespace, name = split_path(path)
        purl_type = "generic"
    source = origin_url(url if kind == "binary" else f"git+{url}#{version}") if path is not None else None
    findings.component(purl_type, namespace, name, version, source_url=source, line=line)


FORMAT = Format(
    name="cartfile-resolved",
    version="1",
    globs=("Cartfile.resolved",),
    purl_type="github",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE, Knows.SOURCE_URL}),
    title="Carthage Cartfile.resolved",
)
