"""The language of a file by its name, from the table `languages.tsv` beside this module.

Most names are those of GitHub's Linguist, with rows of our own beside them (ArkTS, Cangjie, WXML …). Contents
are never looked at: a generated or vendored file counts like any other.
"""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_ANY_ENDING = ".*"
_ENDING_DOTS = 2
_NAME_BYTES = 255
"""Longest file name that a file system takes; a tree object may hold longer ones."""


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table; `kind` is programming, markup, data or prose, as in Linguist."""

    name: str
    kind: str
    extensions: tuple[str, ...]
    """With the dot; more than one dot where the longer ending decides (`.blade.php`)."""
    file_names: tuple[str, ...]
    """Whole names, or `NAME.*` for a name with any ending that no language has."""


@cache
def languages() -> tuple[Language, ...]:
    """All languages, in the order of the table."""
    rows = [line for line in _table().decode("utf-8").splitlines() if not line.startswith("#")]
    found = []
    for row in rows[1:]:
        name, kind, extensions, file_names = row.split("\t")
        found.append(Language(name, kind, tuple(extensions.split()), tuple(file_names.split())))
    return tuple(found)


@cache
def languages_version() -> str:
    """Changes whenever the table changes."""
    return hashlib.sha256(_table()).hexdigest()[:12]


def language_of(path: bytes) -> str | None:
    """The language that the last part of `path` tells; null where it tells none.

    A whole name counts before an ending, a longer ending before a shorter one, and an ending as written
    before the same in lower case (`.C` is C++, `.c` is C).
    """
    return _language_of_name(path[-_NAME_BYTES:].rpartition(b"/")[2])


@lru_cache(maxsize=65_536)
def _language_of_name(raw_name: bytes) -> str | None:
    names, prefixes, endings = _lookup()
    name = raw_name.decode("utf-8", "replace")
    if name in names:
        return names[name]
    parts = name.rsplit(".", _ENDING_DOTS)
    for start in range(1 if parts[0] else 2, len(parts)):  # a leading dot starts a name, not an ending
        ending = "." + ".".join(parts[start:])
        if language := endings.get(ending) or endings.get(ending.lower()):
            return language
    return prefixes.get(name.partition(".")[0])


@cache
def _lookup() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    names, prefixes, endings = {}, {}, {}
    for language in languages():
        endings.update(dict.fromkeys(language.extensions, language.name))
        for name in language.file_names:
            if name.endswith(_ANY_ENDING):
                prefixes[name.removesuffix(_ANY_ENDING)] = language.name
            else:
                names[name] = language.name
    return names, prefixes, endings


def _table() -> bytes:
    return (files(__package__) / "languages.tsv").read_bytes()
