"""Binary databases of rpm: that there is one, and that it is not read.

Berkeley DB, ndb and SQLite files hold rpm headers in their pages. Decoding these from untrusted bytes takes a
parser of each of the three, or a database engine that is given them; neither is done, and the gap is said.
"""

from sbom.lockfiles import Findings, Format, SourceFile
from sbom.model import UnknownKind

_FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
_NAMES = ("rpmdb.sqlite", "Packages", "Packages.db")


def parse(file: SourceFile, findings: Findings) -> None:
    """Say that the packages of this root file system are not known."""
    reason = f"a binary rpm database of {len(file.content)} bytes: its packages are not read"
    findings.unknown(UnknownKind.UNSUPPORTED, reason)


FORMAT = Format(
    name="rpm-database",
    version="1",
    globs=tuple(
        f"{prefix}{folder}/{name}" for folder in _FOLDERS for name in _NAMES for prefix in ("", "*/")
    ),
    purl_type="rpm",
    parse=parse,
    knows=frozenset(),
    title="rpm databases (recognised, not read)",
)
