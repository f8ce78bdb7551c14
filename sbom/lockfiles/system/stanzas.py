"""Paragraphs of `Key: value` lines, as dpkg and apk keep their databases, with the line of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stanza:
    """Fields of one paragraph; of a key that stands twice the first."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.fields.get(key) or None


def read_stanzas(text: str, broken: list[int]) -> Iterator[Stanza]:
    """All paragraphs; lines that continue a value begin with white space and are passed over."""
    stanza: Stanza | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            if stanza is not None:
                yield stanza
            stanza = None
        elif line[0] not in " \t":
            key, colon, value = line.partition(":")
            if not colon or not key or " " in key:
                broken.append(number)
                continue
            if stanza is None:
                stanza = Stanza(number)
            stanza.fields.setdefault(key, value.strip())
    if stanza is not None:
        yield stanza
