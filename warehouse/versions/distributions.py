"""Versions of packages of Linux distributions: dpkg, RPM and apk.

Sources: Debian Policy 5.6.12; rpm-version(7); the apk-tools manual, apk-version(8).
"""

import re

from warehouse.versions.encoding import number_key, text_key
from warehouse.versions.key import VersionKey, fallback_key

_DEBIAN = re.compile(r"\s*(?:(\d+):)?([0-9A-Za-z.+:~-]*?)(?:-([0-9A-Za-z.+~]*))?\s*", re.ASCII)
_DEBIAN_PAIR = re.compile(r"(\D*)(\d*)", re.ASCII)
_RPM = re.compile(r"\s*(?:(\d*):)?([^-:\s]*)(?:-([^-:\s]*))?\s*", re.ASCII)
_RPM_PART = re.compile(r"[0-9]+|[a-zA-Z]+|[~^]")
_ALPINE = re.compile(
    r"(\d+)((?:\.\d+)*)([a-z])?((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~([0-9a-f]+))?(?:-r(\d+))?",
    re.ASCII,
)

_TILDE, _END, _CARET, _LETTERS = "#%&("


def debian_key(version: str) -> VersionKey:
    match = _DEBIAN.fullmatch(version)
    if match is None or not match[2] or (match[1] is None and ":" in match[2]):
        return fallback_key(version)
    key = number_key(match[1] or "") + _debian_part(match[2]) + _debian_part(match[3] or "")
    return VersionKey(key, match[2][0].isdigit())


def _debian_part(text: str) -> str:
    """Runs of other characters and of digits in turn; the end counts like no characters and zero."""
    pairs = [(letters, digits.lstrip("0")) for letters, digits in _DEBIAN_PAIR.findall(text)]
    while pairs and pairs[-1] == ("", ""):
        pairs.pop()
    runs = ["".join(map(_debian_character, letters)) + _END + number_key(digits) for letters, digits in pairs]
    return "".join(runs) + _END


def _debian_character(character: str) -> str:
    """`~` before the end, then letters, then everything else."""
    if character == "~":
        return _TILDE
    return character if character.isalpha() else f"{{{ord(character):02X}"


def rpm_key(version: str) -> VersionKey:
    match = _RPM.fullmatch(version)
    if match is None or not match[2]:
        return fallback_key(version)
    return VersionKey(number_key(match[1] or "") + _rpm_part(match[2]) + _rpm_part(match[3] or ""), True)


def _rpm_part(text: str) -> str:
    """`~` before the end, `^` after it, then words, then numbers; whatever else separates."""
    key = ""
    for part in _RPM_PART.findall(text):
        if part in "~^":
            key += _TILDE if part == "~" else _CARET
        else:
            key += number_key(part) if part.isdigit() else _LETTERS + text_key(part)
    return key + _END


_BEFORE_RELEASE = ("alpha", "beta", "pre", "rc")
_AFTER_RELEASE = ("cvs", "svn", "git", "hg", "p")
_REVISION, _COMMIT, _SUFFIX_NUMBER, _LETTER, _NUMBER = "()*,-"
_SUFFIXES = {name: f"${place}" for place, name in enumerate(_BEFORE_RELEASE)}
_SUFFIXES |= {name: f"+{place}" for place, name in enumerate(_AFTER_RELEASE)}


def alpine_key(version: str) -> VersionKey:
    match = _ALPINE.fullmatch(version.strip())
    if match is None:
        return fallback_key(version)
    key = number_key(match[1]) + "".join(map(_alpine_number, match[2].split(".")[1:]))
    if match[3]:
        key += _LETTER + match[3]
    for suffix in match[4].split("_")[1:]:
        name = suffix.rstrip("0123456789")
        key += _SUFFIXES[name]
        if digits := suffix[len(name) :]:
            key += _SUFFIX_NUMBER + number_key(digits)
    if match[5]:
        key += _COMMIT + text_key(match[5])
    if match[6]:
        key += _REVISION + number_key(match[6])
    return VersionKey(key + _END, True)


def _alpine_number(digits: str) -> str:
    """With a leading zero by its digits, like a fraction, and before those without."""
    return _NUMBER + (f"0{text_key(digits)}" if digits.startswith("0") else f"1{number_key(digits)}")


SCHEMES = {"debian": debian_key, "rpm": rpm_key, "alpine": alpine_key}
