"""var/lib/rpmmanifest/container-manifest-2: the packages of an rpm-based image that keeps no database.

One package a line, in ten fields between tabs: name, version-release, times of installation and build,
vendor, epoch, size, architecture, epoch number and source package. Dependencies are not told. The binary
databases of rpm are not read: see `rpm_database`.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.system.os_release import read_distribution, root_of
from sbom.makers import organisation
from sbom.model import UnknownKind

PURL_TYPE = "rpm"
_FOLDER = "var/lib/rpmmanifest"
_FILE = f"{_FOLDER}/container-manifest-2"
_FIELDS = 10
_NONE = "(none)"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages."""
    distribution = read_distribution(file.tree, root_of(file.path, _FOLDER))
    broken: list[tuple[int, str]] = []
    for number, line in enumerate(decode_text(file.content).split("\n"), 1):
        fields = line.rstrip("\r").split("\t")
        if not line.strip():
            continue
        if len(fields) != _FIELDS or not fields[0] or not fields[1]:
            broken.append((number, f"not {_FIELDS} fields between tabs"))
            continue
        qualifiers = distribution.qualifiers(_value(fields[7]), _value(fields[9]))
        if epoch := _value(fields[8]):
            qualifiers["epoch"] = epoch
        name, version = fields[:2]
        findings.component(
            PURL_TYPE,
            distribution.namespace,
            name,
            version,
            qualifiers=qualifiers,
            line=number,
            supplier=organisation(_value(fields[4])),
        )
    findings.alike(UnknownKind.BROKEN, broken)
    merge_components(findings)


def _value(field: str) -> str | None:
    text = field.strip()
    return text if text and text not in (_NONE, "0") else None


FORMAT = Format(
    name="rpm-manifest",
    version="4",
    globs=(_FILE, f"*/{_FILE}"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE, Knows.SUPPLIER}),
    title="rpm: var/lib/rpmmanifest/container-manifest-2",
)
