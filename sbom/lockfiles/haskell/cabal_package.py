"""How Haskell's tools name packages and write files: identifiers, fields and stanzas.

https://cabal.readthedocs.io/en/stable/file-format-changelog.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PURL_TYPE = "hackage"
_IDENTIFIER = re.compile(r"(?P<name>[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*?)(?:-(?P<version>[0-9]+(?:\.[0-9]+)*))?")
_FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*)\s*:(?P<value>.*)")
_STANZA = re.compile(
    r"(?P<kind>library|executable|test-suite|benchmark|common|flag|source-repository|custom-setup|"
    r"foreign-library|package|source-repository-package)\b\s*(?P<name>[^\s{:]*)\s*\{?",
    re.IGNORECASE,
)
_LONGEST = 300


def split_identifier(identifier: str) -> tuple[str | None, str | None]:
    """`acme-missiles-0.3` → (`acme-missiles`, `0.3`); null for what is no identifier."""
    found = _IDENTIFIER.fullmatch(identifier) if len(identifier) <= _LONGEST else None
    return (found["name"], found["version"]) if found else (None, None)


@dataclass(frozen=True, slots=True)
class CabalField:
    """One field: the stanza that holds it (kind and name, empty at the top), its name, and its lines."""

    stanza: tuple[str, str]
    name: str
    rows: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for text, _ in self.rows).strip()

    @property
    def line(self) -> int:
        return self.rows[0][1]

    def entries(self) -> Iterator[tuple[str, int]]:
        """The parts between commas, each with the line on which it starts."""
        part, start, depth = "", self.line, 0
        for text, line in self.rows:
            for piece in re.split(r"([,{}])", text):
                depth = max(0, depth + (piece == "{") - (piece == "}"))
                if piece == "," and not depth:
                    if part.strip():
                        yield part.strip(), start
                    part = ""
                    continue
                start = start if part.strip() else line
                part += piece
            part += " "
        if part.strip():
            yield part.strip(), start


def cabal_fields(text: str) -> Iterator[CabalField]:
    """The fields of a .cabal or cabal.project file, in order; branches of conditions count as the stanza."""
    stanza = ("", "")
    name, indent = "", 0
    rows: list[tuple[str, int]] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("--"):
            continue
        depth = len(raw) - len(raw.lstrip())
        field = _FIELD.fullmatch(line)
        if name and depth > indent:
            rows.append((line, number))
            continue
        if name:
            yield CabalField(stanza, name, tuple(rows))
            name = ""
        header = _STANZA.fullmatch(line)
        if field is not None:
            name, indent, rows = field["name"].lower(), depth, [(field["value"].strip(), number)]
        elif header is not None and depth == 0:
            stanza = header["kind"].lower(), header["name"]
    if name:
        yield CabalField(stanza, name, tuple(rows))
