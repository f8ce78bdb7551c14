"""Versions that are lists of numbers and nothing else.

Sources: R's `package_version`, whose comparison reads missing numbers as zero and `-` like `.`; Haskell's
`Data.Version`, where a list comes before those that it begins and tags after a `-` do not count.
"""

import re

from warehouse.versions.encoding import number_key
from warehouse.versions.key import VersionKey, fallback_key

_CRAN = re.compile(r"\s*\d+(?:[.-]\d+)*\s*", re.ASCII)
_HACKAGE = re.compile(r"\s*(\d+(?:\.\d+)*)(?:-[0-9A-Za-z]+)*\s*", re.ASCII)
_END = "!"


def cran_key(version: str) -> VersionKey:
    if not _CRAN.fullmatch(version):
        return fallback_key(version)
    numbers = re.split("[.-]", version.strip())
    while len(numbers) > 1 and numbers[-1].strip("0") == "":
        numbers.pop()
    return VersionKey("".join(map(number_key, numbers)) + _END, True)


def hackage_key(version: str) -> VersionKey:
    match = _HACKAGE.fullmatch(version)
    if match is None:
        return fallback_key(version)
    return VersionKey("".join(map(number_key, match[1].split("."))) + _END, True)


SCHEMES = {"cran": cran_key, "hackage": hackage_key}
