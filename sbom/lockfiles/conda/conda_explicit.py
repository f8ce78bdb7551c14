"""Explicit lists of conda archives (`conda list --explicit`, conda-lock's `conda-<platform>.lock`).

After the line `@EXPLICIT` each line is the URL of an archive, with a digest behind `#`. Nothing else is told.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.conda.conda_package import PURL_TYPE, parse_archive_url
from sbom.lockfiles.digests import digests
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import without_credentials
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind

_MARK = "@EXPLICIT"
_MD5_DIGITS = 32


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each archive; a file without the mark is another tool's."""
    lines = decode_text(file.content).split("\n")
    if not any(line.strip() == _MARK for line in lines):
        return
    broken: list[tuple[int, str]] = []
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line == _MARK or line[0] == "#":
            continue
        url, _, digest = line.partition("#")
        archive = parse_archive_url(url)
        if archive is None:
            broken.append((number, f"no URL of a conda archive: {line!r}"))
            continue
        algorithm = "md5" if len(digest) == _MD5_DIGITS else "sha256"
        findings.component(
            PURL_TYPE,
            None,
            archive.name,
            archive.version,
            hashes=digests([digest if ":" in digest else f"{algorithm}:{digest}"]),
            source_url=without_credentials(url),
            qualifiers=archive.qualifiers,
            line=number,
        )
    merge_components(findings)
    findings.alike(UnknownKind.BROKEN, broken)


FORMAT = Format(
    name="conda-explicit",
    version="1",
    globs=("conda-*.lock", "*explicit*.txt", "*-lock.txt"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="conda explicit list",
)
