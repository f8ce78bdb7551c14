"""Forges by their hosts, without what is needed to ask them."""

import re
import tomllib
from importlib.resources import files
from typing import Any

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
OWNER = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){0,19}")
REPOSITORY = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){1,20}")
SAFE = re.compile(r"https://|http://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)")
"""Addresses that tokens may be sent to."""

_FACTS: dict[str, dict[str, Any]] = tomllib.loads(
    files("pipelines.crawl.forge").joinpath("hosts.toml").read_text("utf-8")
)

KINDS: dict[str, tuple[str, str]] = {
    kind: (facts["api"], facts["token_variable"]) for kind, facts in _FACTS.items()
}
"""By kind: where the API of a host is, and the environment variable for its tokens."""

IMPLEMENTATIONS: dict[str, tuple[str, str]] = {
    kind: (facts["forge"], facts["client"]) for kind, facts in _FACTS.items()
}
"""By kind: `module.Class` that is its `Forge`, and the class of its `Client`."""

KNOWN_HOSTS: dict[str, tuple[str, str]] = {
    host: (kind, api) for kind, facts in _FACTS.items() for host, api in facts["hosts"].items()
}
"""Kind and API by host, for hosts that need no more than to be named."""
