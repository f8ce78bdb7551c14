"""Tables of literals as Lua and Zig write them: `{ key = "text", "item" }` and `.{ .key = .name }`.

What is no literal (a call, an operator other than Lua's `..` between known strings) is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.located import LocatedList, LocatedMap
from sbom.lockfiles.reading import Malformed

_STRING = r'"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\''
_LUA = re.compile(
    rf"(?P<skip>--\[\[.*?(?:\]\]|\Z)|--[^\n]*|\s+)|(?P<string>{_STRING})|(?P<long>\[\[.*?(?:\]\]|\Z))"
    r"|(?P<word>[\w.]*\w)|(?P<mark>\.\.|[{}\[\]=,;()])|(?P<other>.)",
    re.DOTALL,
)
_ZON = re.compile(
    rf"(?P<skip>//[^\n]*|\s+)|(?P<string>\.?@?{_STRING})|(?P<word>\.?\w+)|(?P<open>\.\{{)"
    r"|(?P<mark>[{}=,])|(?P<other>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def read_lua(text: str, limits: Limits) -> tuple[LocatedMap, Malformed | None]:
    """What a chunk assigns at its top, and what is broken; what it returns stands under the empty key.

    A table is a mapping, or a list if nothing in it has a key; in a mapping, items without one are the list
    under the empty key. What is computed is null.

    Raises:
        LimitReached: nested too deeply.
    """
    reader = _Reader(list(_tokens(_LUA, text)), limits)
    found = LocatedMap()
    while reader.token is not None:
        token = reader.take()
        if token.text == "return":
            _put(found, "", reader.value(found), token.line)
        elif token.kind == "word" and token.text != "local":
            names = [token]
            while reader.skip(","):
                names.append(reader.take())
            if reader.skip("="):
                for name in names:
                    _put(found, name.text, reader.value(found), name.line)
                    reader.skip(",")
    return found, reader.error


def read_zon(text: str, limits: Limits) -> tuple[Any, Malformed | None]:
    """The value of a Zig object notation file (a mapping, a list, text or null), and what is broken.

    Raises:
        LimitReached: nested too deeply.
    """
    reader = _Reader(list(_tokens(_ZON, text)), limits)
    return reader.value(LocatedMap()), reader.error


def _put(found: LocatedMap, key: str, value: Any, line: int) -> None:
    found[key] = value
    found.lines[key] = line


def _tokens(pattern: re.Pattern[str], text: str) -> Iterator[_Token]:
    line, position = 1, 0
    for found in pattern.finditer(text):
        kind, written = found.lastgroup or "other", found[0]
        if kind == "skip":
            continue
        line += text.count("\n", position, found.start())
        position = found.start()
        if kind == "string":
            written = written.lstrip(".@")[1:-1]
            written = _ESCAPE.sub(lambda part: _ESCAPES.get(part[1], part[1]), written)
        elif kind == "long":
            kind, written = "string", written[2:].removesuffix("]]").removeprefix("\n")
        elif kind == "open":
            kind, written = "mark", "{"
        yield _Token(kind, written, line)


class _Reader:
    """Reads values from tokens."""

    def __init__(self, tokens: list[_Token], limits: Limits) -> None:
        self._tokens = tokens
        self._position = 0
        self._limits = limits
        self.error: Malformed | None = None

    @property
    def token(self) -> _Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def take(self) -> _Token:
        token = self.token or _Token("end", "", self._tokens[-1].line if self._tokens else 1)
        self._position += 1
        return token

    def skip(self, *marks: str) -> bool:
        """Step over a mark if it stands here."""
        token = self.token
        if token is not None and token.kind == "mark" and token.text in marks:
            self._position += 1
            return True
        return False

    def value(self, known: LocatedMap, depth: int = 0) -> Any:
        """A literal, or null for what is none, which is then stepped over."""
        if depth > self._limits.nesting_depth:
            raise LimitReached(f"nested deeper than {self._limits.nesting_depth} levels")
        if self.skip("{"):
            return self._table(known, depth)
        parts: list[Any] = []
        while True:
            token = self.token
            if token is None or token.kind not in ("string", "word"):
                return None
            self._position += 1
            parts.append(token.text if token.kind == "string" else self._word(token.text, known))
            if not self.skip(".."):
                break
        if self.token is not None and self.token.kind == "mark" and self.token.text in "([{":
            return None  # a call or an index
        return "".join(parts) if all(isinstance(part, str) for part in parts) else None

    def _word(self, word: str, known: LocatedMap) -> Any:
        """Numbers, truth values and Zig's `.literals` stand for themselves, other words for what is known."""
        is_literal = word[0] == "." or word[0].isdigit() or word in ("true", "false")
        return known.get(word, word.removeprefix(".") if is_literal else None)

    def _table(self, known: LocatedMap, depth: int) -> LocatedMap | LocatedList:
        keyed, items = LocatedMap(), LocatedList()
        start = self._tokens[self._position - 1].line
        while not self.skip("}"):
            if self.token is None:
                self.error = Malformed("a table does not end", start)
                break
            line = self.token.line
            key = self._key()
            value = self.value(known, depth + 1)
            if key is not None:
                _put(keyed, key, value, line)
            else:
                items.append(value)
                items.lines.append(line)
            self._to_separator(depth)
        if keyed and items:
            _put(keyed, "", items, start)
        return keyed or items

    def _key(self) -> str | None:
        """The key before `=`: a word, `.word`, `.@"word"` or `["word"]`; null if an item stands here."""
        ahead = self._tokens[self._position : self._position + 4]
        marks = [token.text if token.kind == "mark" else "" for token in ahead]
        if marks[:1] == ["["] and marks[2:4] == ["]", "="] and ahead[1].kind == "string":
            self._position += 4
            return ahead[1].text
        if marks[1:2] == ["="] and ahead[0].kind in ("word", "string"):
            self._position += 2
            return ahead[0].text.removeprefix(".")
        return None

    def _to_separator(self, depth: int) -> None:
        """Step behind the separator of a table's items, over what is no literal."""
        opened = 0
        while self.token is not None:
            if not opened and (self.skip(",", ";") or self.token.text == "}"):
                return
            token = self.take()
            if token.kind == "mark":
                opened += (token.text in "{([") - (token.text in "})]")
            if opened + depth > self._limits.nesting_depth:
                raise LimitReached(f"nested deeper than {self._limits.nesting_depth} levels")
