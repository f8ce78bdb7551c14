"""Groovy and Kotlin build scripts as a tree of statements, to read what they state without running them.

Neither language's grammar is followed in full: names, strings, brackets and ends of statements are told
apart, which is what declarations of dependencies are made of. Reading takes time in proportion to the text,
and nothing that is not understood stops it.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import islice

from sbom.errors import LimitReached

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?)"
    r"|(?P<text>\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+(?:\"\"\"\"*)?"
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''''*)?"
    r"|\"(?:[^\"\\\n$]++|\\.|\$\{(?:[^{}\"\n]++|\"[^\"\n]*+\"|\{[^{}\n]*+\})*+\}|\$)*+\"?"
    r"|'(?:[^'\\\n]++|\\.)*+'?)"
    r"|(?P<name>[A-Za-z_][\w$]*+(?:\??\.[A-Za-z_][\w$]*+)*+|`[^`\n]*+`)"
    r"|(?P<number>\d[\w.]*+)"
    r"|(?P<bracket>[(){}\[\]])"
    r"|(?P<end>[\n;])"
    r"|(?P<op>\?:|->|==|!=|<=|>=|&&|\|\||\?\.|[^\s\w])",
    re.DOTALL,
)
_SLASHY = re.compile(r"/(?:[^/\\\n]++|\\.)++/")
_CONFLICT = re.compile(r"^<{7}(?!<)", re.MULTILINE)
_CONFLICT_MARKS = re.compile(r"^(?:<{7}|={7}|>{7})(?![<=>])[^\n]*", re.MULTILINE)
_REPORTED = 20
_UNMATCHED = "a bracket without its counterpart"
_REREADINGS = 3
_CLOSES = {")": "(", "]": "[", "}": "{"}
_GOES_ON_AFTER = frozenset({",", "=", "+", ".", "?.", ":", "?", "?:", "&&", "||", "==", "!="})
_GOES_ON_BEFORE = frozenset({".", "?.", "?:", "&&", "||"})
_BEFORE_SLASHY = frozenset({"(", ",", "=", "[", ":", "~", "==", "&&", "||", "{"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the script. `kind` is `name` (with its dots), `text`, `number` or `op`.

    Of a `text`, `text` is what stands between the quotes, and `is_template` tells whether `$` has a meaning.
    """

    kind: str
    text: str
    line: int
    is_template: bool = False


@dataclass(slots=True)
class Group:
    """A bracketed part: of `{` the statements, of `(` and `[` what commas separate."""

    bracket: str
    line: int
    parts: "list[list[Node]]" = field(default_factory=list)


Node = Token | Group
Statement = list[Node]


@dataclass(slots=True)
class Script:
    """The statements of a script, and lines with what is broken there."""

    statements: list[Statement]
    broken: list[tuple[int, str]]


def read_script(text: str, max_depth: int) -> Script:
    """Read a whole script. A `(` or `[` that nothing closes is left out, so that what follows is still read.

    Raises:
        LimitReached: brackets are nested deeper than `max_depth`.
    """
    text, conflicts = _without_conflicts(text)
    unclosed: set[int] = set()
    for _ in range(_REREADINGS):
        builder = _Builder(max_depth, unclosed)
        for kind, written in _tokens(text):
            builder.add(kind, written)
        script = builder.finish()
        if not builder.unclosed - unclosed:
            break
        unclosed |= builder.unclosed
    return Script(script.statements, sorted({*script.broken, *conflicts}))


def _without_conflicts(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text with both sides of merge conflicts, and the lines where these begin."""
    if "<<<<<<<" not in text:
        return text, []
    conflicts = islice(_CONFLICT.finditer(text), _REPORTED)
    lines = [text.count("\n", 0, found.start()) + 1 for found in conflicts]
    return _CONFLICT_MARKS.sub("", text), [(line, "a merge conflict") for line in lines]


class _Builder:
    """The groups that are open, outermost first, and the statement or argument that each is reading."""

    def __init__(self, max_depth: int, ignored: Set[int]) -> None:
        self._max_depth = max_depth
        self._ignored = ignored
        self._count = 0
        self._indexes = [0]
        self.unclosed = set(ignored)
        """Which of the script's brackets open an argument list or list, and have no counterpart."""
        self._root = Group("{", 1)
        self._open = [self._root]
        self._parts: list[Statement] = [[]]
        self._broken: list[tuple[int, str]] = []
        self._line = 1
        self._is_ended = False

    def add(self, kind: str, written: str) -> None:
        self._count += 1
        if kind == "end":
            self._is_ended = written == ";" or self._is_ended or not _goes_on(self._parts[-1])
        elif kind != "comment":
            self._end_statement(kind, written)
            if kind != "bracket":
                self._add_token(kind, written)
            elif self._count in self._ignored:
                self._broken.append((self._line, _UNMATCHED))
            elif written in "([{":
                self._begin(written)
            else:
                self._close(_CLOSES[written])
        self._line += written.count("\n")

    def finish(self) -> Script:
        while len(self._open) > 1:
            self._give_up()
        self._end_part()
        return Script(self._root.parts, self._broken)

    def _end_statement(self, kind: str, written: str) -> None:
        goes_on = kind == "op" and written in _GOES_ON_BEFORE
        if self._is_ended and self._open[-1].bracket == "{" and not goes_on:
            self._end_part()
        self._is_ended = False

    def _add_token(self, kind: str, written: str) -> None:
        if written == "," and kind == "op" and self._open[-1].bracket != "{":
            self._end_part()
            return
        token = _token(kind, written, self._line)
        if token.kind == "op" and kind == "text":
            self._broken.append((self._line, "a text without end"))
        self._parts[-1].append(token)

    def _begin(self, bracket: str) -> None:
        if len(self._open) > self._max_depth:
            raise LimitReached(f"nested deeper than {self._max_depth} levels")
        group = Group(bracket, self._line)
        self._parts[-1].append(group)
        self._open.append(group)
        self._indexes.append(self._count)
        self._parts.append([])

    def _close(self, bracket: str) -> None:
        if not any(group.bracket == bracket for group in self._open[1:]):
            self._broken.append((self._line, _UNMATCHED))
            return
        while self._open[-1].bracket != bracket:
            self._give_up()
        self._leave()

    def _give_up(self) -> None:
        if self._open[-1].bracket != "{":
            self.unclosed.add(self._indexes[-1])
        self._broken.append((self._open[-1].line, _UNMATCHED))
        self._leave()

    def _leave(self) -> None:
        self._end_part()
        self._parts.pop()
        self._open.pop()
        self._indexes.pop()

    def _end_part(self) -> None:
        if self._parts[-1]:
            self._open[-1].parts.append(self._parts[-1])
            self._parts[-1] = []


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, before = 0, "("
    while (found := _TOKEN.search(text, position)) is not None:
        position = found.end()
        kind, written = str(found.lastgroup), found[0]
        if written == "/" and before in _BEFORE_SLASHY:
            slashy = _SLASHY.match(text, found.start())
            if slashy is not None:
                position = slashy.end()
                kind, written = "text", f"'{slashy[0][1:-1]}'"
        if kind != "comment" and written != "\n":
            before = written
        yield kind, written


def _goes_on(part: Statement) -> bool:
    last = part[-1] if part else None
    return isinstance(last, Token) and last.kind == "op" and last.text in _GOES_ON_AFTER


def _token(kind: str, written: str, line: int) -> Token:
    if kind == "name":
        return Token(kind, written.strip("`").replace("?.", "."), line)
    if kind != "text":
        return Token(kind, written, line)
    quote = written[:3] if written[:3] in ('"""', "'''") else written[0]
    inner = written[len(quote) :].removesuffix(quote)
    if len(inner) + 2 * len(quote) != len(written):
        return Token("op", quote, line)
    return Token(kind, inner, line, is_template=quote[0] == '"')
