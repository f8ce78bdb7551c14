"""A version's key, and the key of text that is no version of its scheme."""

import re
from typing import NamedTuple

from warehouse.versions.encoding import number_key, text_key

_PARTS = re.compile(r"[0-9]+|[^0-9.+_~-]+")


class VersionKey(NamedTuple):
    """Sortable text, and whether the version had the form that its ecosystem's order is defined for."""

    key: str
    confident: bool


def fallback_key(version: str) -> VersionKey:
    """A key for text that the scheme does not know, before the keys of all its versions.

    Numbers compare by value and words by their letters. The keys of every scheme begin with a number, so `!`
    comes before them.
    """
    parts = _PARTS.findall(version.strip().lower())
    key = "".join(number_key(p) if p.isdecimal() and p.isascii() else f"#{text_key(p)}" for p in parts)
    return VersionKey(f"!{key}!", False)
