"""Sources that a build fetches: a repository at a revision, or an archive, as build files name them."""

import re
from dataclasses import dataclass

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.origins import vcs_url, without_credentials
from sbom.model import Scope, UnknownKind
from sbom.purl import split_repository

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_HAS_DIGIT = re.compile(r"\d")
_BRANCHES = frozenset({"head", "main", "master", "develop", "dev", "trunk", "latest", "stable", "nightly"})
_FORGE_ARCHIVE = re.compile(
    r"https?://(?:www\.)?(?P<host>github\.com|gitlab\.com|gitee\.com|bitbucket\.org)/(?P<path>[^/]+/[^/]+?)(?:\.git)?"
    r"/(?:archive/(?:refs/(?:tags|heads)/)?(?P<archive>.+?)|releases/download/(?P<release>[^/]+)/[^/]+"
    r"|-/archive/(?P<tag>[^/]+)/[^/]+|repository/archive/(?P<old>.+?))"
    r"(?:\.tar\.(?:gz|bz2|xz|zst)|\.tgz|\.zip)?"
)
_FORGE_DOWNLOAD = re.compile(
    r"https?://codeload\.github\.com/(?P<path>[^/]+/[^/]+)/(?:tar\.gz|zip)/(?:refs/(?:tags|heads)/)?(?P<archive>.+)"
)
_SUFFIX = re.compile(r"\.(?:tar\.(?:gz|bz2|xz|zst|lz)|tgz|tbz2?|txz|zip|7z|jar)\Z")
_NAMED_VERSION = re.compile(r"[A-Za-z][A-Za-z0-9+_-]*?[-_]v?(?P<version>\d[\w.+-]*)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a build file says of one source; `constraint` is the revision as written.

    `is_named_by_wrap`: the name is the one of a public list, which is better known than the archive's place.
    """

    name: str
    repository: str | None = None
    system: str = "git"
    revision: str | None = None
    constraint: str | None = None
    archive: str | None = None
    version: str | None = None
    hashes: tuple[str, ...] = ()
    scope: Scope | None = None
    line: int | None = None
    is_named_by_wrap: bool = False


def is_exact_revision(revision: str) -> bool:
    """A commit or a tag; names of branches move. A tag is told by the digits of a version."""
    return bool(_COMMIT.fullmatch(revision)) or (
        bool(_HAS_DIGIT.search(revision))
        and revision.lower() not in _BRANCHES
        and not revision.lower().startswith(("origin/", "refs/heads/", "feature/", "release/"))
    )


def record_fetched(fetched: Fetched, findings: Findings) -> None:
    """Write a source: component and edge, or an unknown that says what is open."""
    if fetched.repository:
        _record_repository(fetched, findings)
    elif fetched.archive:
        _record_archive(fetched, findings)
    else:
        reason = f"{fetched.name[:200]} says neither repository nor archive"
        findings.unknown(UnknownKind.UNRESOLVED, reason, fetched.line)


def _record_repository(fetched: Fetched, findings: Findings) -> None:
    coordinates = split_repository(fetched.repository or "")
    if coordinates is None:
        reason = f"{fetched.name[:200]}: no repository can be told from {fetched.repository!r}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, fetched.line)
        return
    constraint = fetched.constraint if fetched.revision is None else None
    purl = findings.component(
        *coordinates,
        fetched.revision,
        constraint=constraint,
        scope=fetched.scope,
        direct=True,
        source_url=vcs_url(fetched.system, fetched.repository or "", fetched.revision),
        line=fetched.line,
    )
    findings.edge(None, purl, constraint=constraint, scope=fetched.scope, line=fetched.line)
    if fetched.revision is None:
        written = f"{constraint!r} is no tag or commit" if constraint else "no revision is named"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, f"{fetched.name[:200]}: {written}", fetched.line)


def _record_archive(fetched: Fetched, findings: Findings) -> None:
    url = without_credentials(fetched.archive or "")
    forge = None if fetched.is_named_by_wrap else _forge(url.partition("?")[0])
    coordinates: tuple[str, str | None, str] = ("generic", None, fetched.name)
    version = fetched.version
    if forge is not None:
        coordinates, reference = forge
        version = reference if is_exact_revision(reference) else None
    elif version is None:
        found = _NAMED_VERSION.fullmatch(_SUFFIX.sub("", url.partition("?")[0].rpartition("/")[2]))
        version = found["version"] if found else None
    purl = findings.component(
        *coordinates,
        version,
        scope=fetched.scope,
        direct=True,
        hashes=fetched.hashes,
        source_url=url,
        line=fetched.line,
    )
    findings.edge(None, purl, scope=fetched.scope, line=fetched.line)
    if version is None:
        reason = f"{fetched.name[:200]}: no version can be told from its archive"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, fetched.line)


def _forge(url: str) -> tuple[tuple[str, str | None, str], str] | None:
    """The repository and the tag, commit or branch of an archive that a forge makes or keeps."""
    found = _FORGE_ARCHIVE.fullmatch(url) or _FORGE_DOWNLOAD.fullmatch(url)
    if found is None:
        return None
    parts = found.groupdict()
    coordinates = split_repository(f"https://{parts.get('host') or 'github.com'}/{parts['path']}")
    references = (parts.get(key) for key in ("archive", "release", "tag", "old"))
    reference = next(filter(None, references), None)
    return (coordinates, reference) if coordinates is not None and reference is not None else None
