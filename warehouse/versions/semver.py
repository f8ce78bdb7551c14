"""Semantic Versioning 2.0 and the orders that differ from it in one point.

Build metadata does not count, except where an ecosystem says so. Versions with fewer or more than three
numbers are read as if the missing ones were zero.

Sources: semver.org (items 10 and 11); NuGet.Versioning (case does not count, four numbers); Dart's
pub_semver and Julia's Base.VersionNumber (build metadata orders versions that are otherwise equal);
golang.org/x/mod/semver.
"""

import re
from functools import partial

from warehouse.versions.encoding import number_key, text_key
from warehouse.versions.key import VersionKey, fallback_key

_VERSION = re.compile(
    r"[v=\s]*(\d{1,400}(?:\.\d{1,400})*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z.-]*))?\s*",
    re.ASCII,
)
_LOOSE = re.compile(r"[v=\s]*(\d+(?:\.\d+)*)\.?[-_.]?([^+]*)(?:\+(.*))?", re.ASCII | re.DOTALL)
_PRE_RELEASE, _RELEASE, _NUMBER, _WORD, _END = "-/#$!"


def semver_key(
    version: str, *, fold_case: bool = False, build_counts: bool = False, whole_only: bool = False
) -> VersionKey:
    """`fold_case`: letters compare without case; `build_counts`: build metadata breaks ties; `whole_only`: a
    version with fewer than three numbers is a moving tag rather than a version, and its key not certain.
    """
    match = _VERSION.fullmatch(version)
    confident = match is not None
    if match is None:
        match = _LOOSE.fullmatch(version)
        if match is None:
            return fallback_key(version)
    numbers, pre_release, build = match[1].split("."), match[2], match[3]
    if whole_only and len(numbers) < 3:
        confident = False
    while len(numbers) > 1 and numbers[-1].strip("0") == "":
        numbers.pop()
    key = "".join(map(number_key, numbers))
    if pre_release:
        key += _PRE_RELEASE + _identifiers(pre_release.lower() if fold_case else pre_release)
    else:
        key += _RELEASE
    if build_counts:
        key += _identifiers(build) if build else _END
    return VersionKey(key, confident)


def _identifiers(text: str) -> str:
    """Numbers before words, and a list before those that it begins."""
    parts = [
        _NUMBER + number_key(part) if part.isdecimal() and part.isascii() else _WORD + text_key(part)
        for part in text.split(".")
    ]
    return "".join(parts) + _END


SCHEMES = {
    "semver": semver_key,
    "semver-build": partial(semver_key, build_counts=True),
    "nuget": partial(semver_key, fold_case=True),
    "github-actions": partial(semver_key, whole_only=True),
}
