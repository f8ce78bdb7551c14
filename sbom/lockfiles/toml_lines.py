"""Line numbers of tables, keys and array items in TOML text; the decoders tell none."""

import re

_KEY_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"\\\n]*\"|'[^'\n]*')"
_DOTTED = rf"{_KEY_PART}(?:\s*\.\s*{_KEY_PART})*"
_HEADER = re.compile(rf"(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"({_DOTTED})\s*=")
_PART = re.compile(_KEY_PART)
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*(?:\"|$)|'[^']*(?:'|$)")
_MULTILINE_STRING = re.compile(
    r"#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"""+|\\?\Z)'
    r"|'''[^']*(?:'(?!'')[^']*)*(?:'''+|\Z)"
    r'|"(?:\\.|[^"\\\n])*(?:"|\\?(?=\n)|\\?\Z)'
    r"|'[^'\n]*(?:'|(?=\n)|\Z)",
    re.DOTALL,
)

Path = tuple[str | int, ...]


class TomlLines:
    """Where the parts of a document stand, addressed by key path; a table of an array by its index.

    `("package", 3, "name")` is the key `name` of the fourth `[[package]]`. Lines count from 1.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._items: dict[Path, list[int]] = {}
        self._tables: dict[Path, int] = {}
        self._read(_blank_multiline_strings(text))

    def line(self, *path: str | int) -> int | None:
        """The line of a table's header or of a key; null if the text has none in a form that is known."""
        return self._lines.get(path)

    def item(self, path: Path, index: int, count: int) -> int | None:
        """The line of one of the `count` items of an array; the array's own unless each item has a line."""
        lines = self._items.get(path, ())
        return lines[index] if len(lines) == count else self._lines.get(path)

    def _read(self, text: str) -> None:
        table: Path = ()
        items: list[int] = []
        depth = 0
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.strip()
            if not line or line[0] == "#":
                continue
            if depth > 0:
                if depth == 1 and line[0] not in "]}":
                    items.append(number)
                depth += _brackets(line)
            elif line[0] == "[":
                header = _HEADER.fullmatch(line)
                if header:
                    table = self._enter(_parts(header[2]), is_array=header[1] == "[[")
                    self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                path = table
                for part in _parts(key[1]):
                    path = (*path, part)
                    self._lines.setdefault(path, number)
                depth = _brackets(line[key.end() :])
                if depth > 0:
                    items = self._items[path] = []

    def _enter(self, names: list[str], is_array: bool) -> Path:
        """The path of a table, with the index of every array of tables on the way."""
        path: Path = ()
        for position, name in enumerate(names, 1):
            path = (*path, name)
            if is_array and position == len(names):
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
        return path


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") if part[0] in "\"'" else part for part in _PART.findall(dotted)]


def _brackets(line: str) -> int:
    """How many arrays and inline tables a line opens more than it closes."""
    if '"' in line or "'" in line:
        line = _STRING.sub("", line)
    line = line.partition("#")[0]
    return line.count("[") + line.count("{") - line.count("]") - line.count("}")


def _blank_multiline_strings(text: str) -> str:
    """Empty the strings that span lines, whose text may look like tables; line numbers stay."""
    if '"""' not in text and "'''" not in text:
        return text
    return _MULTILINE_STRING.sub(
        lambda found: '""' + "\n" * found[0].count("\n") if found[0][:3] in ('"""', "'''") else found[0], text
    )
