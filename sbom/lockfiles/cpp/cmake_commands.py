"""Commands of CMake files, and the variables that they set: https://cmake.org/cmake/help/latest/manual/cmake-language.7.html"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<comment>#\[(?P<c>=*+)\[.*?(?:\](?P=c)\]|\Z)|#[^\n]*+)"
    r"|\[(?P<b>=*+)\[(?P<bracket>.*?)(?:\](?P=b)\]|\Z)"
    r"|\"(?P<quoted>(?:[^\"\\]++|\\.)*+)(?:\"|\Z)"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<bare>(?:[^\s()#\"\\\[]++|\\.|\[(?!=*\[))++)"
    r"|(?P<line>\n)",
    re.DOTALL,
)
_VARIABLE = re.compile(r"\$\{([\w./+-]+)\}")
_LONGEST_VALUE = 4000


class Command(NamedTuple):
    """A call: its name in lower case, arguments as written, and the lines of these."""

    name: str
    arguments: list[str]
    line: int
    lines: list[int]


def read_commands(text: str, broken: list[int]) -> Iterator[Command]:
    """The commands of a file; lines with brackets that do not match are added to `broken`."""
    line, position, depth = 1, 0, 0
    name, name_line = "", 1
    arguments: list[str] = []
    lines: list[int] = []
    for token in _TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        if token["open"]:
            depth += 1
        elif token["close"]:
            if depth == 0:
                broken.append(line)
            elif depth == 1 and name:
                yield Command(name, arguments, name_line, lines)
                name, arguments, lines = "", [], []
            depth = max(0, depth - 1)
        elif depth == 0 and token["bare"]:
            name, name_line = token["bare"].lower(), line
            arguments, lines = [], []
        elif depth > 0 and not token["comment"] and not token["line"]:
            value = next(filter(None, (token["bracket"], token["quoted"], token["bare"])), "")
            arguments.append(value)
            lines.append(line)
    if depth > 0:
        broken.append(name_line)


class Variables:
    """What `set` gives variables; null where two commands give different values, as branches do."""

    def __init__(self, outer: Mapping[str, str | None]) -> None:
        self.values: dict[str, str | None] = dict(outer)
        self._own: set[str] = set()

    def read(self, command: Command) -> None:
        """Follow `set(NAME value)` and `option(NAME …)`."""
        if command.name != "set" or len(command.arguments) < 2:
            return
        name, value = command.arguments[0], self.expand(command.arguments[1])
        if name in self._own and self.values.get(name) != value:
            value = None
        self._own.add(name)
        self.values[name] = value

    def expand(self, text: str) -> str | None:
        """The text with its `${NAME}` put in; null if one of them is not known."""
        parts, position, length = [], 0, 0
        for found in _VARIABLE.finditer(text):
            value = self.values.get(found[1])
            if value is None:
                return None
            parts.append(text[position : found.start()] + value)
            length += len(parts[-1])
            position = found.end()
            if length > _LONGEST_VALUE:
                return None
        return "".join([*parts, text[position:]])
