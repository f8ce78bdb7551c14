"""Composer versions: normalised to four numbers and a stability, then in the order of PHP's version_compare.

Sources: Composer's documentation, "Versions and constraints"; Composer\\Semver\\VersionParser; PHP manual,
version_compare: any other word < dev < alpha = a < beta = b < RC = rc < number < pl = p.
"""

import re

from warehouse.versions.encoding import number_key
from warehouse.versions.key import VersionKey, fallback_key

_STABILITY = r"(?P<stability>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<number>(?:[.-]?\d+)*)"
_MODIFIER = rf"[._-]?(?:{_STABILITY})?(?P<dev>[.-]?dev)?"
_FLAGS = re.ASCII | re.IGNORECASE
_CLASSIC = re.compile(rf"v?(?P<version>\d{{1,5}}(?:\.\d+){{0,3}}){_MODIFIER}", _FLAGS)
_DATE = re.compile(
    rf"v?(?P<version>\d{{4}}(?:[.:-]?\d{{2}}){{1,6}}(?:[.:-]?\d{{1,3}}){{0,2}}){_MODIFIER}", _FLAGS
)
_BRANCH = re.compile(r"v?(?P<version>\d+(?:\.(?:\d+|[xX*])){0,3})[.-]?dev", _FLAGS)
_NOISE = re.compile(r"\s+as\s+\S+$|@(?:stable|rc|beta|alpha|dev)$|\+\S+$", re.IGNORECASE)

_DEV, _END = "$", "("
_STABILITIES = {"alpha": "%", "a": "%", "beta": "&", "b": "&", "rc": "'", "patch": "{", "pl": "{", "p": "{"}
_BRANCH_NUMBER = "9999999"


def composer_key(version: str) -> VersionKey:
    text = _NOISE.sub("", version.strip())
    if match := _CLASSIC.fullmatch(text):
        numbers = match["version"].split(".")
        numbers += ["0"] * (4 - len(numbers))
    elif match := _DATE.fullmatch(text):
        numbers = re.split(r"\D", match["version"])
    elif match := _BRANCH.fullmatch(text):
        parts = match["version"].split(".")
        numbers = [_BRANCH_NUMBER if part in "xX*" else part for part in parts]
        numbers += [_BRANCH_NUMBER] * (4 - len(numbers))
        return VersionKey("".join(map(number_key, numbers)) + _DEV + _END, True)
    else:
        return fallback_key(version)
    key = "".join(map(number_key, numbers))
    stability = (match["stability"] or "stable").lower()
    if stability != "stable":
        key += _STABILITIES[stability] + "".join(map(number_key, re.findall(r"\d+", match["number"] or "")))
    return VersionKey(key + (_DEV if match["dev"] else "") + _END, True)


SCHEMES = {"composer": composer_key}
