"""Forges by their hosts, without what is needed to ask them."""

import re

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
OWNER = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){0,19}")
REPOSITORY = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){1,20}")
SAFE = re.compile(r"https://|http://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)")
"""Addresses that tokens may be sent to."""

KINDS: dict[str, tuple[str, str]] = {
    "github": ("https://{host}/api/v3", "GITHUB_TOKEN"),
    "gitee": ("https://{host}/api/v5", "GITEE_TOKEN"),
    "gitcode": ("https://api.{host}/api/v5", "GITCODE_TOKEN"),
    "gitlab": ("https://{host}/api/v4", "GITLAB_TOKEN"),
}
"""By kind: where the API of a host is, and the environment variable for its tokens."""

KNOWN_HOSTS: dict[str, tuple[str, str]] = {
    "github.com": ("github", "https://api.github.com"),
    "gitee.com": ("gitee", "https://gitee.com/api/v5"),
    "gitcode.com": ("gitcode", "https://api.gitcode.com/api/v5"),
    "atomgit.com": ("gitcode", "https://api.atomgit.com/api/v5"),
    "gitlab.com": ("gitlab", "https://gitlab.com/api/v4"),
    "jihulab.com": ("gitlab", "https://jihulab.com/api/v4"),
}
"""Kind and API by host, for hosts that need no more than to be named."""
