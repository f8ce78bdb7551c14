"""RubyGems versions.

Source: Gem::Version of RubyGems: a version is its numbers and words; words come before the release, missing
parts count as zero.
"""

import re

from warehouse.versions.encoding import number_key, text_key
from warehouse.versions.key import VersionKey, fallback_key

_VERSION = re.compile(r"\s*([0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?\s*")
_PART = re.compile(r"[0-9]+|[A-Za-z]+")
_WORD, _ZEROS_BEFORE_WORD, _END = "#$%"


def gem_key(version: str) -> VersionKey:
    match = _VERSION.fullmatch(version)
    if match is None:
        return fallback_key(version)
    parts = _PART.findall((match[1] or "0").replace("-", ".pre."))
    first_word = next((i for i, part in enumerate(parts) if not part.isdecimal()), len(parts))
    key = _sequence(_without_trailing_zeros(parts[:first_word]) + _without_trailing_zeros(parts[first_word:]))
    return VersionKey(key if key[0].isalnum() else number_key("0") + key, True)


def _without_trailing_zeros(parts: list[str]) -> list[str]:
    end = len(parts)
    while end and parts[end - 1].strip("0") == "":
        end -= 1
    return parts[:end]


def _sequence(parts: list[str]) -> str:
    """Missing parts are zeros, so zeros that lead to a word stand before the end: the nearer the word, the
    earlier.
    """
    key, zeros = "", 0
    for part in parts:
        if not part.isdecimal():
            key += (_ZEROS_BEFORE_WORD + number_key(str(zeros)) if zeros else "") + _WORD + text_key(part)
        elif part.strip("0") == "":
            zeros += 1
            continue
        else:
            key += number_key("0") * zeros + number_key(part)
        zeros = 0
    return key + _END


SCHEMES = {"gem": gem_key}
