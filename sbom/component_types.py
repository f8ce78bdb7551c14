"""What kind of component a package is, by its purl type: the data of component_types.yaml."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import yaml

_DATA = Path(__file__).with_name("component_types.yaml")
_LIBRARY = {"cyclonedx": "library", "spdx": "LIBRARY"}


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found


@lru_cache(maxsize=65_536)
def component_type(purl_type: str, namespace: str | None) -> str:
    """CycloneDX component type of a package: that of the longest beginning that fits, or `library`."""
    types, place = _types(), f"{purl_type}/{namespace}" if namespace else purl_type
    while place not in types:
        place, slash, _ = place.rpartition("/")
        if not slash:
            return _LIBRARY["cyclonedx"]
    return types[place]["cyclonedx"]


@cache
def purpose_of(cyclonedx_type: str) -> str:
    """SPDX 2.3 primary package purpose of a CycloneDX component type; `OTHER` where none corresponds."""
    purposes = {entry["cyclonedx"]: entry["spdx"] for entry in (*_types().values(), _LIBRARY)}
    return purposes.get(cyclonedx_type, "OTHER")
