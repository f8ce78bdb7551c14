"""Where a package comes from, as files write it: VCS and archive URLs without credentials."""

import re

_SCP = re.compile(r"\A([^/@:\s]+@[^/:\s]+):(?!/)")
_CREDENTIALS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)([^/@\s]*)@")


def without_credentials(url: str) -> str:
    """The URL without user and password; an SSH user name without password is part of the address."""
    found = _CREDENTIALS.match(url)
    if found is None:
        return url
    user = found[2].partition(":")[0]
    kept = f"{user}@" if user and found[1].endswith("ssh://") else ""
    return found[1] + kept + url[found.end() :]


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
