"""Names of syntax tree nodes and of functions that are seen through, from `kinds.yaml`."""

from collections.abc import Mapping
from functools import cache

from sbom.crypto.data import read_data


def kinds(group: str) -> frozenset[str]:
    """The names of a group."""
    return frozenset(_groups()[group])


@cache
def _groups() -> Mapping[str, list[str]]:
    groups: Mapping[str, list[str]] = read_data("kinds.yaml")
    return groups
