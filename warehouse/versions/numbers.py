"""Versions that are lists of numbers and nothing else: a list comes before those that it begins.

Sources: R's `package_version` (`-` separates like `.`); Haskell's `Data.Version` (tags do not count).
"""

import re

from warehouse.versions.encoding import number_key
from warehouse.versions.key import VersionKey, fallback_key

_VERSION = re.compile(r"\s*\d+(?:[.-]\d+)*\s*", re.ASCII)
_END = "!"


def numbers_key(version: str) -> VersionKey:
    if not _VERSION.fullmatch(version):
        return fallback_key(version)
    return VersionKey("".join(map(number_key, re.split("[.-]", version.strip()))) + _END, True)


SCHEMES = {"numbers": numbers_key}
