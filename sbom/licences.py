"""Which licence a file of a repository holds: its wording, compared with the texts that `identify` brings.

Words are compared as GitHub's licensee does: the Sørensen–Dice coefficient of two texts, without copyright
lines and punctuation. A repository's own licence stands at the beginning of the file; the notices of third
parties often follow, so as many words as the licence has are compared. What `identify` lacks is recognised by
phrases (licence_phrases.yaml). The wording of a GNU licence does not say whether later versions may be used;
as ScanCode does, it is taken as `-only`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

PARSER, PARSER_VERSION = "licence-file", "2"
MAX_BYTES = 1024 * 1024
"""A larger file is no licence."""

_ENOUGH = 0.92
_BEGINNING = 4000
_NAME = re.compile(
    r"(?:(?:un)?licen[cs]e|copying)(?:[-_.][\w.+-]*)?|[\w.+-]+[-_.]licen[cs]e(?:\.(?:txt|md|rst))?",
    re.IGNORECASE,
)
_REUSE_FOLDER = "LICENSES/"
_COPYRIGHT = re.compile(r"^\W*(?:copyright|©|\(c\)|all rights reserved).*$", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SPACES = re.compile(r"\s+")
_GNU = re.compile(r"[AL]?GPL-\d\.\d")


class Match(NamedTuple):
    """An SPDX id and how similar the wording is, 0–1; 1 where a phrase tells it."""

    licence: str
    similarity: float


def is_licence_path(path: str) -> bool:
    """Whether repositories keep their own licence in a file of this path: at the root, or as REUSE has it."""
    folder, _, name = path.rpartition("/")
    if folder:
        return path.startswith(_REUSE_FOLDER) and path.count("/") == 1
    return _NAME.fullmatch(name) is not None


@lru_cache(maxsize=256)  # the next commit, and many a repository, has the same text
def match_licence(content: bytes) -> Match | None:
    """The licence whose wording the content begins with; null if it is none that is known."""
    text = content.decode("utf-8", "replace")
    words = _words(text)
    distinct = frozenset(words)
    likely = [
        (name, known) for name, known in _texts().items() if _may_be_enough(len(words), distinct, known)
    ]
    found = max((_similarity(words, known, name) for name, known in likely), key=_by_similarity, default=None)
    beginning = _SPACES.sub(" ", text[:_BEGINNING]).lower()
    if found is None or found.similarity < _ENOUGH:
        licence = _by_phrase("licences", beginning)
        return Match(licence, 1.0) if licence is not None else None
    if found.licence.startswith("GPL-"):
        exception = _by_phrase("exceptions", _SPACES.sub(" ", text).lower())
        if exception is not None:
            return Match(f"{found.licence} WITH {exception}", found.similarity)
    return found


def _by_similarity(match: Match) -> float:
    return match.similarity


def _words(text: str) -> list[str]:
    return _WORD.findall(_COPYRIGHT.sub("", text).lower())


class _Text(NamedTuple):
    counts: Counter[str]
    length: int


@cache
def _texts() -> Mapping[str, _Text]:
    # 300 KB of texts, which a repository without a licence file does not need
    from identify.vendor.licenses import LICENSES  # noqa: PLC0415

    found = {}
    for name, text in LICENSES:
        words = _words(text)
        found[f"{name}-only" if _GNU.fullmatch(name) else name] = _Text(Counter(words), len(words))
    return found


def _may_be_enough(length: int, distinct: frozenset[str], known: _Text) -> bool:
    """Whether the coefficient can reach what is enough, by the words that the content lacks altogether."""
    lacking = sum(known.counts[word] for word in known.counts.keys() - distinct)
    shared = min(known.length - lacking, length)
    return 2 * shared / (min(length, known.length) + known.length) >= _ENOUGH


def _similarity(words: list[str], known: _Text, name: str) -> Match:
    """Of the whole text, or of its beginning if it is longer than the licence."""
    best = 0.0
    for length in {min(len(words), known.length), min(len(words), known.length * 3 // 2)}:
        counts = Counter(words[:length])
        shared = (counts & known.counts).total()
        best = max(best, 2 * shared / (length + known.length))
    return Match(name, round(best, 4))


@cache
def _phrases(kind: str) -> Sequence[tuple[str, Sequence[str]]]:
    data = yaml.safe_load(resources.files("sbom").joinpath("licence_phrases.yaml").read_text("utf-8"))
    return [(name, [phrase.lower() for phrase in way]) for name, ways in data[kind].items() for way in ways]


def _by_phrase(kind: str, text: str) -> str | None:
    return next((name for name, phrases in _phrases(kind) if all(phrase in text for phrase in phrases)), None)
