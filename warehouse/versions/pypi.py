"""Python versions by PEP 440.

Source: packaging.python.org, version specifiers, "Summary of permitted suffixes and relative ordering".
"""

import re

from warehouse.versions.encoding import number_key, text_key
from warehouse.versions.key import VersionKey, fallback_key

_VERSION = re.compile(
    r"""
    \s*v?(?:(?P<epoch>\d+)!)?
    (?P<release>\d+(?:\.\d+)*)
    (?:[-_.]?(?P<pre>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre_number>\d*))?
    (?:-(?P<implicit>\d+)|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<post_number>\d*))?
    (?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_number>\d*))?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_SIMPLE = re.compile(r"(?:0|[1-9]\d{0,18})(?:\.\d{1,18})*", re.ASCII)
_DEV_ONLY, _FINAL = "#", "."
_PRE = {"a": "$", "alpha": "$", "b": "%", "beta": "%", "c": "&", "rc": "&", "pre": "&", "preview": "&"}
_ABSENT_FIRST, _PRESENT_FIRST, _PRESENT, _ABSENT = "#", "#", ".", "."
_NO_EPOCH = number_key("0")
_PLAIN_FINAL = ".#.!"
"""No pre-release, no post-release, no development release, no local version."""


def pypi_key(version: str) -> VersionKey:
    if _SIMPLE.fullmatch(version):
        return VersionKey(_NO_EPOCH + _release(version) + _PLAIN_FINAL, True)
    match = _VERSION.fullmatch(version)
    if match is None:
        return fallback_key(version)
    is_post = match["implicit"] is not None or match["post"] is not None
    if match["pre"] is not None:
        pre = _PRE[match["pre"].lower()] + number_key(match["pre_number"])
    else:
        pre = _DEV_ONLY if match["dev"] is not None and not is_post else _FINAL
    post = (
        _PRESENT + number_key(match["implicit"] or match["post_number"] or "") if is_post else _ABSENT_FIRST
    )
    dev = _PRESENT_FIRST + number_key(match["dev_number"]) if match["dev"] is not None else _ABSENT
    key = number_key(match["epoch"] or "") + _release(match["release"]) + pre + post + dev
    return VersionKey(key + _local(match["local"]), True)


def _release(text: str) -> str:
    numbers = text.split(".")
    while len(numbers) > 1 and numbers[-1].strip("0") == "":
        numbers.pop()
    return "".join(map(number_key, numbers))


def _local(text: str | None) -> str:
    """None first, then part by part: words before numbers, a list before those that it begins."""
    if text is None:
        return "!"
    parts = re.split("[-_.]", text.lower())
    return "".join(f"%{number_key(p)}" if p.isdecimal() else f"${text_key(p)}" for p in parts) + "!"


SCHEMES = {"pypi": pypi_key}
