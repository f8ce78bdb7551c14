"""Literal terms of Erlang and Elixir, as their lock files hold them: read, never evaluated."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.reading import Malformed

_TOKEN = re.compile(
    r"(?P<space>\s+|[%#](?!\{)[^\n]*)"
    r'|(?P<keyword>(?:"(?:[^"\\]|\\.)*"|[A-Za-z_][\w@]*[?!]?):(?=\s))'
    r'|(?P<text><<"(?:[^"\\]|\\.)*"(?:/utf8)?>>|"(?:[^"\\]|\\.)*")'
    r"|(?P<atom>:?'(?:[^'\\]|\\.)*'|:\"(?:[^\"\\]|\\.)*\"|:?[A-Za-z_][\w@]*[?!]?)"
    r"|(?P<number>-?\d+)"
    r"|(?P<open>%\{|\{|\[)|(?P<close>\}|\])|(?P<between>,|=>|\.)",
    re.DOTALL,
)
_CLOSES = {"%{": "}", "{": "}", "[": "]"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Term:
    """A tuple, list or map and where it starts; keyword items and map entries are `Pair`s in `items`."""

    kind: str
    """`{`, `[` or `%{`."""
    line: int
    items: list[Any] = field(default_factory=list)

    def pairs(self) -> dict[str, "Pair"]:
        """Entries of a map or keyword list by key."""
        return {item.key: item for item in self.items if isinstance(item, Pair)}


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry `key: value` or `key => value`."""

    key: str
    value: Any
    line: int


@dataclass(slots=True)
class _Open:
    term: Term
    key: tuple[str, int] | None = None
    """The key that waits for its value, and its line."""


def text_at(items: list[Any], index: int) -> str | None:
    """The text at a place of a tuple or list; null if it is empty, something else or not there."""
    value = items[index] if len(items) > index else None
    return value or None if isinstance(value, str) else None


def read_terms(text: str, limits: Limits) -> tuple[list[Any], Malformed | None]:
    """The terms of a file, and where it is broken; the terms and entries that are whole before that are kept.

    Strings, binaries and atoms become text, integers `int`, collections `Term`.

    Raises:
        LimitReached: nested too deeply.
    """
    stack = [_Open(Term("", 1))]
    error = None
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or not _take(stack, found, line):
            error = Malformed("not a literal term", line)
            break
        if len(stack) > limits.nesting_depth:
            raise LimitReached(f"nested deeper than {limits.nesting_depth} levels")
        line += text.count("\n", position, found.end())
        position = found.end()
    if error is None and len(stack) > 1:
        error = Malformed("the file ends within a term", line)
    for holder, inner in pairwise(stack):
        # of what is open, a tuple is half an entry, a list holds whole ones
        if inner.term.kind == "{" and holder is not stack[0]:
            break
        _add(holder, inner.term)
    return stack[0].term.items, error


def _take(stack: list[_Open], token: re.Match[str], line: int) -> bool:
    kind, text = token.lastgroup, token[0]
    if kind == "keyword":
        stack[-1].key = _unquote(text[:-1]), line
    elif kind == "open":
        stack.append(_Open(Term(text, line)))
    elif kind == "close":
        if len(stack) == 1 or _CLOSES[stack[-1].term.kind] != text:
            return False
        closed = stack.pop()
        _add(stack[-1], closed.term)
    elif kind == "between":
        if text == "=>":
            items = stack[-1].term.items
            if not items or not isinstance(items[-1], str):
                return False
            stack[-1].key = items.pop(), line
    elif kind == "number":
        _add(stack[-1], int(text) if len(text) < 20 else text)
    elif kind != "space":
        _add(stack[-1], _unquote(text))
    return True


def _add(holder: _Open, value: Any) -> None:
    if holder.key is None:
        holder.term.items.append(value)
    else:
        holder.term.items.append(Pair(holder.key[0], value, holder.key[1]))
        holder.key = None


def _unquote(text: str) -> str:
    """`"a"`, `<<"a">>`, `:a`, `:"a"` and `'a'` → `a`."""
    if text.startswith("<<"):
        text = text[2 : text.rindex('"') + 1]
    text = text.removeprefix(":")
    if text[:1] in ("'", '"'):
        text = _ESCAPE.sub(r"\1", text[1:-1])
    return text
