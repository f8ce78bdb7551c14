"""Maven versions as ComparableVersion of Maven 3.9 orders them.

A version is a list of numbers, words and lists; a list is compared item by item, and an absent item counts
like zero, the empty word and the empty list. Maven's comparison of a word with a list contradicts its
comparison of either with nothing: no order can agree with all three, and here the one with nothing counts.

Source: the class comment of org.apache.maven.artifact.versioning.ComparableVersion and Maven's "POM
Reference", "Version Order Specification".
"""

from typing import TypeAlias

from warehouse.versions.encoding import number_key, text_key
from warehouse.versions.key import VersionKey

_Item: TypeAlias = "str | _Word | list[_Item]"
"""A number as its digits without leading zeros (zero is empty), a word, or a list."""

_BEFORE_WORD, _BEFORE_LIST, _ZEROS_BEFORE, _END, _AFTER_WORD, _AFTER_LIST = "#$%&'("
_ALIASES = {"ga": "", "final": "", "release": "", "cr": "rc"}
_ALIASES_BEFORE_DIGIT = {"a": "alpha", "b": "beta", "m": "milestone"}
_QUALIFIERS = {
    name: str(i) for i, name in enumerate(("alpha", "beta", "milestone", "rc", "snapshot", "", "sp"))
}
_RELEASE = _QUALIFIERS[""]


class _Word(str):
    """A qualifier as what Maven compares: the place of a known one, else `7-` and the word."""

    __slots__ = ()


def maven_key(version: str) -> VersionKey:
    key = _list_key(_parse(version.strip().lower()))
    confident = version.isascii() and any(c.isdigit() for c in version)
    return VersionKey(key if key[0].isalnum() else number_key("0") + key, confident)


def _parse(version: str) -> list[_Item]:
    top: list[_Item] = []
    current, opened, start, in_number = top, [top], 0, False

    def open_list() -> list[_Item]:
        fresh: list[_Item] = []
        current.append(fresh)
        opened.append(fresh)
        return fresh

    for i, character in enumerate(version):
        if character in ".-":
            current.append(_item(version[start:i], in_number) if i > start else "")
            start = i + 1
            if character == "-":
                current = open_list()
        elif character in "0123456789":
            if not in_number and i > start:
                if current:
                    current = open_list()
                current.append(_word(version[start:i], before_digit=True))
                start = i
                current = open_list()
            in_number = True
        else:
            if in_number and i > start:
                current.append(_item(version[start:i], True))
                start = i
                current = open_list()
            in_number = False
    if len(version) > start:
        if not in_number and current:
            current = open_list()
        current.append(_item(version[start:], in_number))
    while opened:
        _drop_nothing(opened.pop())
    return top


def _item(text: str, is_number: bool) -> _Item:
    return text.lstrip("0") if is_number else _word(text)


def _word(text: str, before_digit: bool = False) -> _Word:
    if before_digit:
        text = _ALIASES_BEFORE_DIGIT.get(text, text)
    text = _ALIASES.get(text, text)
    return _Word(_QUALIFIERS.get(text) or f"{len(_QUALIFIERS)}-{text}")


def _drop_nothing(items: list[_Item]) -> None:
    """Remove what counts as nothing at the end, and before lists at the end."""
    for i in range(len(items) - 1, -1, -1):
        item = items[i]
        if item == _RELEASE if isinstance(item, _Word) else not item:
            del items[i]
        elif not isinstance(item, list):
            break


def _sign(item: _Item) -> int:
    """Whether an item comes before or after nothing."""
    if isinstance(item, list):
        return next((sign for each in item if (sign := _sign(each))), 0)
    if isinstance(item, _Word):
        return (item > _RELEASE) - (item < _RELEASE)
    return 1 if item else 0


def _list_key(items: list[_Item]) -> str:
    key, zeros = "", 0
    for item in items:
        if item == "":
            zeros += 1
            continue
        is_before = (not isinstance(item, str) and _sign(item) < 0) or (
            isinstance(item, _Word) and item < _RELEASE
        )
        if zeros:
            # Zeros are equal to nothing, so what follows them decides on which side of the end they stand.
            key += _ZEROS_BEFORE + number_key(str(zeros)) if is_before else number_key("0") * zeros
            zeros = 0
        if isinstance(item, list):
            key += (_BEFORE_LIST if is_before else _AFTER_LIST) + _list_key(item)
        elif isinstance(item, _Word):
            key += (_BEFORE_WORD if is_before else _AFTER_WORD) + text_key(item)
        else:
            key += number_key(item)
    return key + _END


SCHEMES = {"maven": maven_key}
