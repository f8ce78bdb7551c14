"""Conan's references, `name/version@user/channel#revision%time`, and their rows."""

import re
from typing import NamedTuple

from sbom.lockfiles.findings import Findings
from sbom.model import Scope

PURL_TYPE = "conan"
_REFERENCE = re.compile(
    r"(?P<name>[^/@#%\s]+)/(?P<version>\[[^\]]*\]|[^@#%\s]+)"
    r"(?:@(?P<user>[^/#%\s]*)(?:/(?P<channel>[^#%\s]*))?)?(?:[#%].*)?"
)


class Reference(NamedTuple):
    """A package; `version` is a range where it stands in brackets."""

    user: str | None
    name: str
    version: str
    channel: str | None

    @property
    def exact(self) -> str | None:
        """The version, null for a range."""
        return None if self.version.startswith("[") else self.version

    def record(self, findings: Findings, scope: Scope | None, direct: bool | None, line: int | None) -> str:
        """Write the package; a range is its constraint."""
        return findings.component(
            PURL_TYPE,
            self.user,
            self.name,
            self.exact,
            constraint=None if self.exact else self.version,
            scope=scope,
            direct=direct,
            qualifiers={"channel": self.channel} if self.channel else None,
            line=line,
        )


def read_reference(text: str) -> Reference | None:
    """The parts of a reference; null for what is none. User and channel `_` stand for none."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    user = found["user"]
    if user in (None, "", "_"):
        return Reference(None, found["name"], found["version"], None)
    return Reference(user, found["name"], found["version"], found["channel"])
