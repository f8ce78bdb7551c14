"""The mapping that a JSON or YAML file consists of, and what is recorded of a broken one."""

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.located import LocatedMap, Reading
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind


def read_root(reading: Reading, findings: Findings, what: str) -> tuple[LocatedMap, bool]:
    """The mapping at the root of a file, and whether the file was read to its end.

    What broke it is recorded, what was read before that is kept, and nothing follows from what is missing.

    Raises:
        Malformed: the file is read to its end and is no mapping, so that it is not `what` it should be.
    """
    report_broken(reading, findings)
    if reading.error is None and not (reading.documents and isinstance(reading.documents[0], LocatedMap)):
        raise Malformed(f"not {what}: no mapping", 1)
    return reading.root, reading.error is None


def report_broken(reading: Reading, findings: Findings) -> None:
    """Record why reading ended early, if it did."""
    if reading.error is not None:
        findings.unknown(UnknownKind.BROKEN, str(reading.error), reading.error.line)
