"""The instructions of a Dockerfile with their lines, without comments and the text of here-documents.

Syntax: https://docs.docker.com/reference/dockerfile/
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPE = re.compile(r"#\s*escape\s*=\s*([`\\])\s*", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*[A-Za-z]+\s*=")
_HEREDOC = re.compile(r"<<(-?)([\"']?)([A-Za-z_][A-Za-z0-9_]*)\2")
_WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)


class Instruction(NamedTuple):
    """An instruction in capitals, its arguments on one line, and the line on which it begins."""

    name: str
    arguments: str
    line: int


def read_instructions(text: str) -> Iterator[Instruction]:
    """All instructions in order; lines that begin with no word are left out."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    escape = _escape_character(lines)
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line.lstrip("\t"), []).append(number)
    position = 0
    while position < len(lines):
        first = position
        parts: list[str] = []
        while position < len(lines):
            line = lines[position]
            position += 1
            is_comment = line.lstrip().startswith("#") or (parts and not line.strip())
            if is_comment:
                if parts:
                    continue
                break
            stripped = line.rstrip()
            if not stripped.endswith(escape):
                parts.append(line)
                break
            parts.append(stripped[: -len(escape)])
        found = _INSTRUCTION.fullmatch("".join(parts))
        if found is None:
            continue
        instruction = Instruction(found[1].upper(), (found[2] or "").strip(), first + 1)
        if instruction.name in _WITH_HEREDOC:
            position = _skip_heredocs(lines, places, position, instruction.arguments)
        yield instruction


def _escape_character(lines: list[str]) -> str:
    for line in lines:
        found = _ESCAPE.fullmatch(line.strip())
        if found is not None:
            return found[1]
        if not _DIRECTIVE.match(line.strip()):
            break
    return "\\"


def _skip_heredocs(lines: list[str], places: dict[str, list[int]], position: int, arguments: str) -> int:
    """The line behind the here-documents of an instruction; `places` are the lines by text without tabs."""
    for dash, _, word in _HEREDOC.findall(arguments):
        found = places.get(word, [])
        ends = found[bisect_left(found, position) :]
        end = next((end for end in ends if dash or lines[end] == word), None)
        if end is None:
            return position  # a here-document without end is none: a shift, or the file was cut off
        position = end + 1
    return position
