"""References to container images, `host/namespace/name:tag@digest`, and their rows.

The version of an image is its digest where one is given, because tags move (purl specification, type
`docker`); the tag is kept as the constraint. Without both the version is open. Grammar:
https://github.com/distribution/reference
"""

import re
from dataclasses import dataclass

from sbom.lockfiles.digests import digests
from sbom.lockfiles.findings import Findings
from sbom.model import Scope, UnknownKind

PURL_TYPE = "docker"
_DEFAULT_HOSTS = frozenset({"docker.io", "index.docker.io"})
_OFFICIAL = "library"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    r"(?:(?P<host>[A-Za-z0-9.-]*[.][A-Za-z0-9.-]*(?::[0-9]+)?|[A-Za-z0-9-]+:[0-9]+|localhost|\[[0-9a-f:]+\](?::[0-9]+)?)/)?"
    rf"(?P<path>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?"
)
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Image:
    """`host` is null for the default registry; images that it lists without namespace are in `library`."""

    host: str | None
    namespace: str | None
    name: str
    tag: str | None
    digest: str | None


def parse_image(reference: str) -> Image | None:
    """The parts of a reference; null for what is none, such as one with variables left."""
    found = _REFERENCE.fullmatch(reference) if len(reference) <= _LONGEST else None
    if found is None:
        return None
    host = None if found["host"] in _DEFAULT_HOSTS else found["host"]
    namespace, _, name = found["path"].rpartition("/")
    if host is None and not namespace:
        namespace = _OFFICIAL
    return Image(host, namespace or None, name, found["tag"], found["digest"])


def record_image(findings: Findings, reference: str, scope: Scope | None, line: int | None) -> None:
    """Write an image that the project asks for: component and edge, or an unknown that says what is open."""
    image = parse_image(reference)
    if image is None:
        findings.unknown(UnknownKind.UNRESOLVED, f"no image can be told from {reference[:200]!r}", line)
        return
    purl = findings.component(
        PURL_TYPE,
        image.namespace,
        image.name,
        image.digest or image.tag,
        constraint=image.tag,
        scope=scope,
        direct=True,
        hashes=digests([image.digest]),
        qualifiers={"repository_url": image.host} if image.host else None,
        line=line,
    )
    findings.edge(None, purl, constraint=image.tag, scope=scope, line=line)
    if image.tag is None and image.digest is None:
        findings.unknown(UnknownKind.NO_EXACT_VERSION, f"{reference} has neither tag nor digest", line)
