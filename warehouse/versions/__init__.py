"""Version orders as sortable text: one key per version, so that matching is a range join.

A scheme is the order of one or several ecosystems. Its keys are ASCII (see `warehouse.versions.encoding`);
their bytewise order is the ecosystem's order, and equal keys mean equal versions. Half-open intervals of keys
express every range: `""` is before all versions, `AFTER_ALL` after all, and `just_after(key)` directly after
one.

Schemes are found by discovery: a module of this package defines `SCHEMES`, functions by scheme name.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from warehouse.versions.key import VersionKey

__all__ = ["AFTER_ALL", "VersionKey", "just_after", "keys_of", "schemes", "version_key"]

AFTER_ALL = "~"
_LONGEST_VERSION = 500
"""Longer text is no version: it is cut, and its key is not to be trusted."""


def just_after(key: str) -> str:
    """The bound between a key and everything after it."""
    return key + " "


@cache
def schemes() -> Mapping[str, Callable[[str], VersionKey]]:
    """All schemes by name, sorted.

    Raises:
        ValueError: two modules define schemes of the same name.
    """
    found: dict[str, Callable[[str], VersionKey]] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for name, scheme in getattr(importlib.import_module(module.name), "SCHEMES", {}).items():
            if name in found:
                raise ValueError(f"two version schemes are named {name!r}")
            found[name] = scheme
    return dict(sorted(found.items()))


def version_key(scheme: str, version: str) -> VersionKey:
    """The key of a version. Whatever the text, there is a key; `confident` says whether it can be trusted.

    Raises:
        KeyError: there is no such scheme.
    """
    if len(version) > _LONGEST_VERSION:
        return VersionKey(schemes()[scheme](version[:_LONGEST_VERSION]).key, False)
    return schemes()[scheme](version)


def keys_of(scheme: str, versions: Iterable[str]) -> dict[str, VersionKey]:
    """Keys by version, each distinct one computed once."""
    key = schemes()[scheme]
    return {
        v: key(v) if len(v) <= _LONGEST_VERSION else version_key(scheme, v) for v in dict.fromkeys(versions)
    }
