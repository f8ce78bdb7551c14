"""vendor/modules.txt: the modules whose packages are kept in the repository (`go mod vendor`).

It names exactly the modules that provide a package to the build or its tests, and what replaces them. A
module without packages is only listed to be compared with go.mod, and gives no component. Which modules the
project asks for itself is told by the go.mod beside the folder. Format: cmd/go/internal/modcmd/vendor.go
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.golang.go_manifest import PURL_TYPE, Manifest, read_manifest
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path


@dataclass(slots=True)
class Vendored:
    """A vendored module: what is kept, and what was asked for. `version` is null for a folder's code."""

    module: str
    version: str | None
    asked: str
    line: int
    packages: int = 0


def vendored_modules(file: SourceFile) -> list[Vendored] | None:
    """Modules with packages in the folder `vendor` beside a go.mod; null if there is no such list."""
    content = file.read_sibling("vendor/modules.txt")
    if content is None:
        return None
    return [entry for entry in _entries(decode_text(content), []) if entry.packages]


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the vendored modules."""
    broken: list[int] = []
    entries = list(_entries(decode_text(file.content), broken))
    findings.alike(UnknownKind.BROKEN, [(line, "not a line of modules.txt") for line in broken])
    beside = file.tree.read(posixpath.join(posixpath.dirname(file.folder), "go.mod"))
    manifest = read_manifest(decode_text(beside)) if beside is not None else None
    for entry in entries:
        if not entry.packages or entry.version is None:
            continue
        direct = _is_direct(entry, manifest)
        purl = findings.component(
            PURL_TYPE, *split_path(entry.module), entry.version, direct=direct, line=entry.line
        )
        if direct:
            findings.edge(None, purl, constraint=entry.asked.rpartition(" ")[2], line=entry.line)
    merge_components(findings)


def _is_direct(entry: Vendored, manifest: Manifest | None) -> bool | None:
    if manifest is None:
        return None
    asked = entry.asked.partition(" ")[0]
    return any(required.module == asked and not required.is_indirect for required in manifest.required)


def _entries(text: str, broken: list[int]) -> Iterator[Vendored]:
    entry: Vendored | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line.startswith("# "):
            if entry is not None:
                yield entry
            entry = _header(line, number)
            if entry is None:
                broken.append(number)
        elif line and not line.startswith("##"):
            if entry is not None:
                entry.packages += 1
            else:
                broken.append(number)
    if entry is not None:
        yield entry


def _header(line: str, number: int) -> Vendored | None:
    """`# module version`, `# module version => module version`, `# module => folder`."""
    old, arrow, new = line[2:].partition(" => ")
    asked, target = old.split(), new.split()
    if len(asked) not in (1, 2) or (arrow and len(target) not in (1, 2)) or (not arrow and len(asked) != 2):
        return None
    if not arrow:
        return Vendored(asked[0], asked[1], " ".join(asked), number)
    return Vendored(target[0], target[1] if target[1:] else None, " ".join(asked), number)


FORMAT = Format(
    name="go-vendor",
    version="1",
    globs=("vendor/modules.txt", "*/vendor/modules.txt"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.LINE}),
    title="Go vendor/modules.txt",
)
