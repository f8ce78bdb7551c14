"""Which files of a repository may hold what is asked for: by words that such a file holds."""

from dataclasses import dataclass
from typing import Protocol

from ahocorasick_rs import BytesAhoCorasick, Implementation

from sbom.crypto.elsewhere import module_name
from sbom.crypto.owners import Called

_DEFINED_BY = (
    "class",
    "interface",
    "enum",
    "object",
    "module",
    "struct",
    "type",
    "package",
    "define",
    "const val",
)
_DERIVED_BY = ("extends", "implements", ":", ",", "<")
_HELD_BY = ("const", "let", "var")
_MOST_IN_TABLE = 1000
"""Phrases that are looked for by a table, which is made slower than it is read."""
_WORD_BYTES = frozenset(bytes([byte]) for byte in range(128) if chr(byte).isalnum() or byte == 95)


class Asked(Protocol):
    """What is asked for in one round."""

    places: set[tuple[Called, int]]

    def begun(self, kind: str) -> set[str]: ...


class Search:
    """Which files may hold an answer: those that define an owner that was asked for or call a function."""

    def __init__(self, questions: Asked, *, lengths: bool = False, made: bool = False) -> None:
        """With `made`, a file that makes an object of an owner counts, too, whose properties it may set."""
        self._owners = questions.begun("maker" if lengths else "owner")
        functions = questions.begun("length" if lengths else "argument")
        bases = set() if lengths else questions.begun("base")
        self._owners_of: dict[str, list[bytes]] = {}
        """Classes of the functions, one of which a file names that calls them."""
        for function, _ in questions.places:
            named = self._owners_of.setdefault(function.name, [])
            named += [owner.encode() for owner in function.owners or ("",)]
        defined_by = (*_DEFINED_BY, *_HELD_BY)
        phrases = [_Phrase(f"{word} {owner}") for word in defined_by for owner in self._owners]
        phrases += [_Phrase(f"\n{owner} =", inside=True) for owner in self._owners]
        phrases += [_Phrase(f"new {owner}") for owner in self._owners if made]
        phrases += [_Phrase(f"{word} {base}", inside=True) for word in _DERIVED_BY for base in bases]
        phrases += [_Phrase(name + bracket, name) for name in functions for bracket in ("(", " (")]
        self._phrases = sorted(phrases, key=lambda phrase: phrase.text)
        texts = [phrase.text.encode() for phrase in self._phrases]
        table = Implementation.DFA if len(texts) <= _MOST_IN_TABLE else None
        self._searched = BytesAhoCorasick(texts, implementation=table) if texts else None

    def hits(self, path: str, content: bytes) -> bool:
        if module_name(path) in self._owners:
            return True
        if self._searched is None:
            return False
        matches = self._searched.find_matches_as_indexes(content, overlapping=True)
        return any(self._is_hit(self._phrases[at], content, start, end) for at, start, end in matches)

    def _is_hit(self, phrase: "_Phrase", content: bytes, start: int, end: int) -> bool:
        if not phrase.inside and content[start - 1 : start] in _WORD_BYTES:
            return False
        if phrase.function is None:
            return content[end : end + 1] not in _WORD_BYTES
        return any(owner in content for owner in self._owners_of.get(phrase.function, ()))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What a file with an answer holds: the definition of an owner, or the call of a function."""

    text: str
    function: str | None = None
    inside: bool = False
    """It may begin inside of a word."""
