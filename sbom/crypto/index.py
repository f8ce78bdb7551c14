"""The patterns of some libraries by the names that find their sites, so that a tree is asked once for all."""

import re
from dataclasses import dataclass
from functools import cache

from sbom.crypto.pattern import Pattern
from sbom.crypto.rulebook import Rule, libraries_of


@dataclass(frozen=True, slots=True)
class Index:
    """The patterns of some libraries, by the name that finds their sites."""

    names: str
    """Regular expression of all names that a site may hold."""
    wanted: re.Pattern[str]
    """The same, compiled."""
    settings: str
    """Regular expression of the names of settings, which may also stand in quotes."""
    texts: str
    """Regular expression of the texts that are sites as elements of lists."""
    literal: dict[str, list[tuple[Rule, Pattern]]]
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]]
    after: re.Pattern[str]
    modules: tuple[tuple[str, str], ...]
    """Other names of modules, each with the name that the rules know it by."""

    def candidates(self, name: str) -> list[tuple[Rule, Pattern]]:
        """Rules that a site with this name may be one of: those by a full path before those on any object."""
        found = list(self.literal.get(name, ()))
        found += [(rule, pattern) for regex, rule, pattern in self.patterned if regex.fullmatch(name)]
        return sorted(found, key=lambda item: item[1].any_object)

    def known_path(self, path: str) -> str:
        """A full path with the name of its module as the rules know it."""
        for other, known in self.modules:
            if path == other or path.startswith(f"{other}."):
                return known + path[len(other) :]
        return path


@cache
def index_of(language: str, library_names: tuple[str, ...]) -> Index:
    """The index of the libraries that a file may use."""
    literal: dict[str, list[tuple[Rule, Pattern]]] = {}
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]] = []
    anchors: set[str] = set()
    after: set[str] = set()
    settings: set[str] = set()
    texts: set[str] = set()
    modules: dict[str, str] = {}
    for library in libraries_of(language):
        if library.name not in library_names:
            continue
        modules |= library.modules
        for rule in library.rules:
            if language not in rule.languages:
                continue
            for pattern in rule.patterns:
                (texts if pattern.kind == "text" else anchors).add(pattern.anchor)
                if pattern.kind == "setting":
                    settings.add(pattern.anchor)
                if re.fullmatch(r"\w+", pattern.anchor):
                    literal.setdefault(pattern.anchor, []).append((rule, pattern))
                else:
                    patterned.append((re.compile(pattern.anchor), rule, pattern))
            after |= {pattern.anchor for pattern in rule.after}
    names = "|".join(sorted(anchors | after))
    return Index(
        names=names,
        wanted=re.compile(names),
        settings="|".join(sorted(settings)),
        texts="|".join(sorted(texts)),
        literal=literal,
        patterned=patterned,
        after=re.compile("|".join(sorted(after)) or "(?!)"),
        modules=tuple(sorted(modules.items(), key=lambda item: (-len(item[0]), item))),
    )
