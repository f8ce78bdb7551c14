"""Literals of Ruby code, read without running it: strings, word lists, arrays of strings."""

import re

_STRING = re.compile(
    r"""\s*(?:"(?P<double>(?:[^"\\#]|\\.|\#(?!\{))*)"|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|%[qQ]?(?:<(?P<angle>[^<>]*)>|\{(?P<brace>[^{}]*)\}|\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]))"""
    r"(?:\.freeze)?",
    re.DOTALL,
)
_WORDS = re.compile(r"\s*%[wW](?:\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}|<([^<>]*)>)(?:\.freeze)?")
_ARRAY_OPEN = re.compile(r"\s*\[")
_ARRAY_CLOSE = re.compile(r"\s*,?\s*\](?:\.freeze)?")
_COMMA = re.compile(r"\s*,")
_END = re.compile(r"[ \t]*\)?[ \t]*(?:#[^\n]*)?(?:\n|\Z|(?:if|unless)\b|;)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MOST_ARGUMENTS = 50

Literal = str | list[str]


def read_arguments(text: str, position: int) -> tuple[list[Literal], bool]:
    """The literals of a comma-separated list, as of a method call, and whether that is all of it.

    A string with interpolation, a constant or any other expression ends the reading.
    """
    found: list[Literal] = []
    while len(found) < _MOST_ARGUMENTS:
        value, position = _literal(text, position)
        if value is None:
            return found, False
        found.append(value)
        comma = _COMMA.match(text, position)
        if comma is None:
            return found, _END.match(text, position) is not None
        position = comma.end()
    return found, False


def _literal(text: str, position: int) -> tuple[Literal | None, int]:
    if words := _WORDS.match(text, position):
        return next(group for group in words.groups() if group is not None).split(), words.end()
    if array := _ARRAY_OPEN.match(text, position):
        return _array(text, array.end())
    return _string(text, position)


def _string(text: str, position: int) -> tuple[str | None, int]:
    found = _STRING.match(text, position)
    if found is None:
        return None, position
    value = next(group for group in found.groups() if group is not None)
    return _ESCAPE.sub(r"\1", value), found.end()


def _array(text: str, position: int) -> tuple[list[str] | None, int]:
    items: list[str] = []
    while (close := _ARRAY_CLOSE.match(text, position)) is None:
        if items:
            comma = _COMMA.match(text, position)
            if comma is None:
                return None, position
            position = comma.end()
        item, position = _string(text, position)
        if item is None or len(items) >= _MOST_ARGUMENTS:
            return None, position
        items.append(item)
    return items, close.end()
