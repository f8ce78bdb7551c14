"""Which file names a list of shell patterns covers; every path of a repository is asked for, so no loop."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cache

_ENDING = re.compile(r"\*(\.[\w-]+)")
_PLAIN = re.compile(r"[^*?\[\]]+")
_PARTS = re.compile(r"(\*?)([^*?\[\]]+)(\*?)")


@dataclass(frozen=True, slots=True)
class FileNames:
    """Patterns over lower-case names, taken apart by what answers them fastest."""

    endings: frozenset[str]
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    inside: tuple[str, ...]
    pieces: tuple[str, ...]
    """The longest text of each pattern with more than one gap."""
    others: re.Pattern[str]
    """Patterns with more than one gap, as one expression."""
    path_pieces: tuple[str, ...]
    """The longest text of each pattern over the whole path."""
    paths: re.Pattern[str]
    """Patterns over the whole path."""

    def match(self, path: str) -> bool:
        """Whether a repository-relative path is covered."""
        whole = path.lower()
        name = whole.rpartition("/")[2]
        _, dot, ending = name.rpartition(".")
        return (
            dot + ending in self.endings
            or name in self.exact
            or name.startswith(self.prefixes)
            or name.endswith(self.suffixes)
            or any(map(name.__contains__, self.inside))
            or (any(map(name.__contains__, self.pieces)) and self.others.match(name) is not None)
            or (any(map(whole.__contains__, self.path_pieces)) and self.paths.match(whole) is not None)
        )


@cache
def file_names(globs: tuple[str, ...]) -> FileNames:
    """The names that the patterns cover; a pattern with `/` is one over the whole path."""
    endings, exact = set(), set()
    prefixes: list[str] = []
    suffixes: list[str] = []
    inside: list[str] = []
    others, paths = [], []
    for glob in globs:
        if "/" in glob:
            paths.append(glob)
        elif match := _ENDING.fullmatch(glob):
            endings.add(match[1])
        elif _PLAIN.fullmatch(glob):
            exact.add(glob)
        elif match := _PARTS.fullmatch(glob):
            before, text, after = match.groups()
            (inside if before and after else prefixes if after else suffixes).append(text)
        else:
            others.append(glob)
    return FileNames(
        frozenset(endings),
        frozenset(exact),
        tuple(prefixes),
        tuple(suffixes),
        tuple(inside),
        _pieces(others),
        _any_of(others),
        _pieces(paths),
        _any_of(paths),
    )


def _pieces(globs: Iterable[str]) -> tuple[str, ...]:
    """Texts of which every name that a pattern covers holds one."""
    return tuple(sorted({max(re.split(r"[*?]|\[[^\]]*\]", glob), key=len) for glob in globs}))


def _any_of(globs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)) or "(?!)")
