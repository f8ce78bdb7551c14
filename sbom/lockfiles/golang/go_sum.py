"""go.sum without a go.mod beside it: all that is left to tell which modules a build fetched.

With a go.mod beside, that file's rows say more. Versions that were looked at and not chosen stand here too,
so of each module the highest version whose content was fetched is taken, and an unknown says so. `h1:` is
no digest of an archive, so no hashes are recorded (see `go_mod`).
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.golang.go_manifest import PURL_TYPE, highest_versions, read_sum
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the highest version of each module, unless a go.mod tells which are built."""
    text = decode_text(file.content)
    lines = enumerate(text.split("\n"), 1)
    broken = [number for number, line in lines if line.strip() and len(line.split()) != 3]
    reason = "not a line of go.sum: module, version and hash"
    findings.alike(UnknownKind.BROKEN, [(number, reason) for number in broken])
    if posixpath.join(file.folder, "go.mod") in file.tree.paths:
        return
    highest = highest_versions(read_sum(text))
    for found in highest.values():
        findings.component(PURL_TYPE, *split_path(found.module), found.version, line=found.line)
    if highest:
        reason = f"there is no go.mod: {len(highest)} modules are from go.sum, the highest version of each"
        findings.unknown(UnknownKind.UNRESOLVED, reason)


FORMAT = Format(
    name="go-sum",
    version="1",
    globs=("go.sum",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE}),
    title="go.sum",
)
