"""File names of wheels (PEP 427, compressed tags by PEP 425) in any text, with their lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

_FILE = re.compile(
    r"(?<![A-Za-z0-9_.+!-])(?P<name>[A-Za-z0-9_.]{1,200})-(?P<version>[0-9][A-Za-z0-9_.+!]{0,100})"
    r"(?:-[0-9][A-Za-z0-9_.]{0,50})?-[A-Za-z0-9_.]{1,100}-[A-Za-z0-9_.]{1,200}-(?P<tags>[A-Za-z0-9_.]{1,300}?)\.whl"
)
_COMMENT = re.compile(r"\s*#")
_LINE_CHARACTERS = 100_000
_NAMED = re.compile(r'\{ name = "([^"]+)"')
_NAME = re.compile(r'name = "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel by its file name."""

    file: str
    name: str
    """Canonical name (PEP 503)."""
    version: str
    tags: tuple[str, ...]
    """Platform tags in lower case."""
    line: int


def find_wheels(text: str) -> Iterator[Wheel]:
    """Every wheel that a text names, in its order; comments name none."""
    for number, line in enumerate(text.splitlines(), 1):
        if ".whl" not in line or _COMMENT.match(line):
            continue
        for match in _FILE.finditer(line[:_LINE_CHARACTERS].replace("%2B", "+").replace("%2b", "+")):
            tags = tuple(match["tags"].lower().split("."))
            yield Wheel(
                match[0], canonicalize_name(match["name"]), match["version"].replace("_", "+"), tags, number
            )


def limited_names(text: str) -> frozenset[str]:
    """Packages of a uv.lock whose wheels uv does not all list: a marker binds their use to a CPU."""
    needs: dict[str, set[str]] = {}
    waiting: list[str] = []
    package = ""
    for line in text.splitlines():
        if match := _NAME.match(line):
            package = match[1]
        elif match := _NAMED.search(line):
            needs.setdefault(package, set()).add(match[1])
            if "platform_machine" in line:
                waiting.append(match[1])
    limited: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in limited:
            limited.add(name)
            waiting.extend(needs.get(name, ()))
    return frozenset(limited)
