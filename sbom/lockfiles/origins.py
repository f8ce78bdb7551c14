"""Where a package comes from, as files write it: VCS and archive URLs without credentials."""

import re

GIT_ADDRESS = re.compile(r"git\+|git:|ssh:|git@|[^#]*\.git(?:#|$)", re.DOTALL)
"""How an address begins, or ends, that is one of a git repository."""
_FORGES = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://\S*+")
_QUERY = re.compile(r"\?[^#]*+")
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


def without_secrets(text: str) -> str:
    """Text as written, without credentials and query in the URLs that it holds."""
    return _URL.sub(lambda url: without_credentials(_QUERY.sub("", url[0])), text)


def origin_url(resolved: str | None) -> str | None:
    """Where a file says that a package comes from: without credentials, query and digest.

    Git repositories become `git+https://host/path@commit`; forge shorthands (`github:owner/name#commit`) too.
    """
    if not resolved:
        return None
    forge, _, path = resolved.partition(":")
    if forge in _FORGES:
        path, _, commit = path.partition("#")
        return git_url(f"https://{_FORGES[forge]}/{path}.git", commit or None)
    if GIT_ADDRESS.match(resolved):
        repository, _, commit = resolved.removeprefix("git+").partition("#")
        return git_url(repository, commit or None)
    return without_credentials(resolved.partition("#")[0].partition("?")[0]) or None


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
