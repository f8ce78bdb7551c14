"""Where a package comes from, as files write it: VCS and archive URLs without credentials."""

import re

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
    base = without_credentials(repository.removeprefix("git+"))
    return f"git+{base}@{revision}" if revision else f"git+{base}"


def split_git_source(source: str) -> tuple[str, str | None]:
    """`https://host/path?branch=main#commit`, as Cargo and uv pin git sources → (URL, commit)."""
    location, _, commit = source.partition("#")
    return location.partition("?")[0], commit or None
