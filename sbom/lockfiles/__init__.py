"""Lockfile and manifest formats: one folder per ecosystem, one module per format, found by discovery.

A module defines `FORMAT`, a `Format`. Its `parse` function is given the file and a `Findings` to write rows
into; rows written before an exception are kept. To add a format, add one module to its ecosystem's folder and
one folder of fixtures under `tests/fixtures/lockfiles/`. Modules beside the folders serve several ecosystems.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from functools import cache, lru_cache
from typing import NamedTuple

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.folder import SourceFile

__all__ = ["Findings", "Format", "Knows", "SourceFile", "formats", "is_listed", "match_formats"]

_ENDING = re.compile(r"\*(\.[^.*?\[\]]+)")


class Knows(StrEnum):
    """What a format can tell of a component: columns of docs/formats.md, which says what they mean."""

    VERSION = "version"
    EDGES = "edges"
    SCOPE = "scope"
    DIRECT = "direct"
    LICENCE = "licence"
    HASH = "hash"
    LINE = "line"
    SOURCE_URL = "source url"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is recognised and read.

    `globs` match the file's name, or its whole path where they contain `/`. `title` is how people call the
    format, for the capability table; it defaults to the globs.
    """

    name: str
    version: str
    globs: tuple[str, ...]
    purl_type: str
    parse: Callable[[SourceFile, Findings], None]
    knows: frozenset[Knows]
    title: str = ""
    is_source: bool = False
    """The files are source or prose that few of name packages: having them is not having a manifest."""
    listed: tuple[str, ...] = ()
    """Whole paths, as globs, of other files that the parser looks for when it lists the tree."""

    @property
    def ecosystem(self) -> str:
        """The package of its parser: formats of one ecosystem share what they work out of a tree."""
        return self.parse.__module__.rpartition(".")[0]


@cache
def formats() -> tuple[Format, ...]:
    """All formats, sorted by name.

    Raises:
        ValueError: two modules define formats of the same name.
    """
    found: dict[str, Format] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        candidate = getattr(importlib.import_module(module.name), "FORMAT", None)
        if candidate is None:
            continue
        if candidate.name in found:
            raise ValueError(f"two lockfile formats are named {candidate.name!r}")
        found[candidate.name] = candidate
    return tuple(found[name] for name in sorted(found))


class _Glob(NamedTuple):
    """A glob of a format, by what it looks at."""

    format: Format
    name: re.Pattern[str] | None
    """What the file's name has to be; null where the index tells that it fits."""
    path: re.Pattern[str] | None
    """What the whole path has to be; null where only the name counts."""


class _Index(NamedTuple):
    """Globs by what they look at, so that a path is not compared with every one of them."""

    names: dict[str, list[_Glob]]
    """By whole file name, also where the glob names folders before it."""
    endings: dict[str, list[_Glob]]
    """By ending with the dot, of globs such as `*.yaml`."""
    patterns: dict[str, list[_Glob]]
    """All other globs by their ending, empty if that is open too."""
    folders: list[_Glob]
    """Globs of all files of a folder, whose names tell nothing."""


@cache
def _index() -> _Index:
    index = _Index({}, {}, {}, [])
    for fmt in formats():
        for glob in fmt.globs:
            name = glob.rpartition("/")[2]
            path = re.compile(translate(glob)) if "/" in glob else None
            ending = _ENDING.fullmatch(name)
            if name == "*":
                index.folders.append(_Glob(fmt, None, path))
            elif ending is not None:
                index.endings.setdefault(ending[1], []).append(_Glob(fmt, None, path))
            elif set(name) & set("*?["):
                last = f".{name.rpartition('.')[2]}"
                key = "" if set(last) & set("*?[") else last
                pattern = re.compile(translate(name))
                index.patterns.setdefault(key, []).append(_Glob(fmt, pattern, path))
            else:
                index.names.setdefault(name, []).append(_Glob(fmt, None, path))
    return index


@lru_cache(maxsize=65_536)  # folders have files of the same names
def _likely(name: str) -> tuple[_Glob, ...]:
    """The globs that fit the file name, perhaps in other folders only; sorted by the format's name."""
    index = _index()
    ending = "." + name.rpartition(".")[2]
    found = [*index.names.get(name, ()), *index.endings.get(ending, ())]
    for key in (ending, ""):
        found += [glob for glob in index.patterns.get(key, ()) if glob.name is None or glob.name.match(name)]
    found.sort(key=lambda glob: glob.format.name)
    return tuple(found)


def is_listed(path: str) -> bool:
    """Whether a parser that lists the tree is shown this path: some format reads it, or looks for it."""
    return _is_known_name(path) or _other_paths().match(path) is not None or bool(_of_folder(path))


def _is_known_name(path: str) -> bool:
    """Whether some format other than those of source code reads files of this name, in whatever folder."""
    return any(not glob.format.is_source for glob in _likely(path.rpartition("/")[2]))


def _of_folder(path: str) -> list[_Glob]:
    return [glob for glob in _index().folders if glob.path is not None and glob.path.match(path)]


@cache
def _other_paths() -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for fmt in formats() for glob in fmt.listed) or "(?!)")


@lru_cache(maxsize=65_536)  # the next commit has the same paths
def match_formats(path: str) -> tuple[Format, ...]:
    """The formats that read the file at `path`, sorted by name.

    A format that knows the file by its whole name wins over those that take every file of a kind.
    """
    name = path.rpartition("/")[2]
    globs = [glob for glob in _likely(name) if glob.path is None or glob.path.match(path)]
    found = {glob.format.name: glob.format for glob in (*globs, *_of_folder(path))}
    matching = tuple(found[key] for key in sorted(found))
    return tuple(fmt for fmt in matching if name in fmt.globs) or matching
