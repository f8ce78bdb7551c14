"""The table of libraries that projects copy into their own tree: `vendored.toml`."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import tomli

_MACRO = (
    r"^[ \t]*(?:#[ \t]*define[ \t]+|(?:static[ \t]+)?(?:const|constexpr)[ \t]+int[ \t]+)"
    r"{name}[ \t]*=?[ \t]*\(?[ \t]*"
)
_TEXT = r"\"(?P<value>[^\"\n]{1,200})\""
_NUMBER = r"\"?(?P<value>\d{1,12})[uUlL]*\"?"


@dataclass(frozen=True, slots=True)
class Found:
    """A version and the offset at which it stands."""

    version: str
    position: int


@dataclass(frozen=True, slots=True)
class Library:
    """An entry of the table: where a library writes its version, and how."""

    name: str
    files: tuple[str, ...]
    upstream: str
    unless: str | None
    """A file beside that shows the copy to be another library's."""
    text: re.Pattern[str] | None
    inside: re.Pattern[str] | None
    parts: tuple[re.Pattern[str], ...]
    number: re.Pattern[str] | None
    divisors: tuple[int, ...]
    pattern: re.Pattern[str] | None

    def is_at(self, path: str) -> bool:
        """Whether a file may be the one in which the library writes its version."""
        name = path.rpartition("/")[2]
        return any(
            f"/{path}".endswith(f"/{glob}") if "/" in glob else fnmatchcase(name, glob) for glob in self.files
        )

    def version(self, content: str) -> Found | None:
        """The version that a file tells; null if it does not, so that it may be another file of that name."""
        for way in (self._by_text, self._by_parts, self._by_number, self._by_pattern):
            found = way(content)
            if found is not None:
                return found
        return None

    def _by_text(self, content: str) -> Found | None:
        found = self.text.search(content) if self.text is not None else None
        if found is None:
            return None
        if self.inside is None:
            return Found(found["value"].strip(), found.start())
        inner = self.inside.search(found["value"])
        return Found(inner[1], found.start()) if inner else None

    def _by_parts(self, content: str) -> Found | None:
        found = [pattern.search(content) for pattern in self.parts]
        if not found or found[0] is None or any(part is None for part in found):
            return None
        return Found(".".join(part["value"] for part in found if part), found[0].start())

    def _by_number(self, content: str) -> Found | None:
        found = self.number.search(content) if self.number is not None else None
        if found is None:
            return None
        left, parts = int(found["value"]), []
        for divisor in self.divisors:
            parts.append(str(left // divisor))
            left %= divisor
        return Found(".".join(parts), found.start())

    def _by_pattern(self, content: str) -> Found | None:
        found = self.pattern.search(content) if self.pattern is not None else None
        if found is None:
            return None
        return Found(next(filter(None, found.groups())).rstrip("."), found.start())


@cache
def libraries() -> tuple[Library, ...]:
    """All entries of the table, in its order."""
    table = tomli.loads((files(__package__) / "vendored.toml").read_text("utf-8"))
    return tuple(_library(entry) for entry in table["library"])


def _library(entry: dict[str, object]) -> Library:
    """An entry as written.

    Raises:
        TypeError: a value is not of its type.
    """
    globs, upstream, parts = entry["files"], entry["upstream"], entry.get("parts", [])
    number, text = entry.get("number", []), entry.get("text")
    if not (isinstance(globs, list) and isinstance(parts, list) and isinstance(number, list)):
        raise TypeError(f"vendored.toml: {entry['name']}: files, parts and number are lists")
    return Library(
        str(entry["name"]),
        tuple(map(str, globs)),
        str(upstream),
        str(entry["unless"]) if "unless" in entry else None,
        _macro(str(text), _TEXT) if text else None,
        re.compile(str(entry["inside"])) if "inside" in entry else None,
        tuple(_macro(str(part), _NUMBER) for part in parts),
        _macro(str(number[0]), _NUMBER) if number else None,
        tuple(map(int, number[1:])),
        re.compile(str(entry["pattern"])) if "pattern" in entry else None,
    )


def _macro(name: str, value: str) -> re.Pattern[str]:
    return re.compile(_MACRO.replace("{name}", re.escape(name)) + value, re.MULTILINE)
