"""Names of syntax tree nodes and of functions that are seen through, from `kinds.yaml`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


def kinds(group: str) -> frozenset[str]:
    """The names of a group."""
    return frozenset(_groups()[group])


@cache
def _groups() -> Mapping[str, list[str]]:
    groups: Mapping[str, list[str]] = yaml.load(
        files("sbom.crypto").joinpath("kinds.yaml").read_bytes(), yaml.CSafeLoader
    )
    return groups
