"""Where a package comes from, as files write it: VCS and archive URLs without credentials."""

import re

_SCP = re.compile(r"\A([^/@:\s]+@[^/:\s]+):(?!/)")
_CREDENTIALS = re.compile(
    r"\s*([A-Za-z][A-Za-z0-9+.-]*://)([^/?#\s]*@|[^/?#@\s:\[]*:(?!\d*(?:[/?#]|$))[^?#\s]*@)"
)
"""User and password up to the last `@` before the path; a password may hold a `/` that nobody encoded, which
shows by a port that is no number."""
_SECRETS = re.compile(
    r"(?<=[?&])(?:(?:access|private|auth|job|oauth|refresh|id)[-_]?token|token|auth|authorization|api[-_]?key|key"
    r"|pass|passwd|password|pwd|secret|client[-_]secret|sig|signature|credential"
    r"|x-(?:amz|goog|oss)-(?:signature|credential|security-token)|awsaccesskeyid|ossaccesskeyid)=[^&#]*&?",
    re.IGNORECASE,
)


def without_credentials(url: str) -> str:
    """The URL without user and password, and without parameters whose names say that they are secret.

    An SSH user name without password is part of the address.
    """
    found = _CREDENTIALS.match(url)
    if found is not None:
        user = found[2][:-1].partition(":")[0]
        kept = f"{user}@" if user and "@" not in user and found[1].lower().endswith("ssh://") else ""
        url = found[1] + kept + url[found.end() :]
    if "=" not in url:
        return url
    base, question, query = url.partition("?")
    if not question:
        return url
    return (base + _SECRETS.sub("", question + query)).rstrip("?&").replace("?#", "#").replace("&#", "#")


def git_url(repository: str, revision: str | None = None) -> str:
    """`git+https://host/path@revision`, as purl and SPDX write a VCS location."""
    return vcs_url("git", repository, revision)


def vcs_url(system: str, repository: str, revision: str | None = None) -> str:
    """The same for any version control system: `svn+https://…`; `user@host:path` becomes an ssh URL."""
    base = without_credentials(_SCP.sub(r"ssh://\1/", repository.removeprefix(f"{system}+"), count=1))
    return f"{system}+{base}@{revision}" if revision else f"{system}+{base}"


def split_git_source(source: str) -> tuple[str, str | None]:
    """`https://host/path?branch=main#commit`, as Cargo and uv pin git sources → (URL, commit)."""
    location, _, commit = source.partition("#")
    return location.partition("?")[0], commit or None
