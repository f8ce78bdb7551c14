"""The patterns of some libraries by the names that find their sites, so that a tree is asked once for all."""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from ahocorasick_rs import AhoCorasick

from sbom.crypto.needed import Needs, are_met, needs_of
from sbom.crypto.pattern import Pattern, texts_of
from sbom.crypto.rulebook import Rule, libraries_of

_PLAIN = re.compile(r"\w+")
_CHOICE = re.compile(r"\(\?:(\w+(?:\|\w+)*)\)")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Regular expressions for names or texts: plain words, and others with texts of which each holds one."""

    words: frozenset[str]
    others: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    needs: Mapping[str, Needs]
    """What else stands in a file in which one of them finds a site, as far as that is known."""

    def among(self, words: Set[str], pieces: Set[str], holds: Callable[[str], bool]) -> list[str]:
        """Those that may find a site in a text, of which the words and the pieces are given.

        Args:
            words: all words of the text.
            pieces: those of the index's pieces that stand in the text.
            holds: whether another text stands in it.
        """
        found = sorted(self.words & words)
        found += [other.pattern for other, texts in self.others if not texts.isdisjoint(pieces)]
        return [name for name in found if are_met(self.needs.get(name, ()), holds)]

    def match(self, name: str) -> bool:
        """Whether one of them is this name."""
        return name in self.words or any(other.fullmatch(name) for other, _ in self.others)


def anchors_of(expressions: Mapping[str, set[Needs]]) -> Anchors:
    """The expressions, each with what its patterns need, taken apart: a choice is each of its words."""
    needed: dict[str, set[Needs]] = {}
    for expression, needs in expressions.items():
        for choice in _choices(expression):
            needed.setdefault(choice, set()).update(needs)
    plain = {text for text in needed if _PLAIN.fullmatch(text)}
    others = sorted(needed.keys() - plain)
    return Anchors(
        frozenset(plain),
        tuple((_compiled(text), frozenset(texts_of(text))) for text in others),
        {text: tuple(chain.from_iterable(needs)) for text, needs in needed.items() if () not in needs},
    )


def _choices(expression: str) -> list[str]:
    match = _CHOICE.fullmatch(expression)
    return match[1].split("|") if match else [expression]


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The patterns of some libraries, by the name that finds their sites."""

    names: Anchors
    """Names that a site may hold."""
    settings: Anchors
    """Names of settings, which may also stand in quotes."""
    texts: Anchors
    """Texts that are sites as elements of lists."""
    literals: Anchors
    """Texts that are sites wherever they stand."""
    telling: Anchors
    """Those of the names and texts, of which one stands in every file with an occurrence."""
    later: Anchors
    """Names of what says more about the sites of others."""
    literal: dict[str, list[tuple[Rule, Pattern]]]
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]]
    modules: tuple[tuple[str, str], ...]
    """Other names of modules, each with the name that the rules know it by."""
    pieces: tuple[str, ...]
    """Texts of which everything holds one that is matched by a name which is no plain word."""
    searched: AhoCorasick
    """Finds the pieces in a text."""

    def pieces_in(self, text: str) -> set[str]:
        """Those of the pieces that stand in a text; the empty one always does."""
        return {"", *(self.pieces[at] for at, _, _ in self.searched.find_matches_as_indexes(text, True))}

    def candidates(self, name: str) -> list[tuple[Rule, Pattern]]:
        """Rules that a site with this name may be one of: by full path, on an object, as a guess."""
        return _candidates(self, name)

    def known_path(self, path: str) -> str:
        """A full path with the name of its module as the rules know it."""
        for other, known in self.modules:
            if path == other or path.startswith(f"{other}."):
                return known + path[len(other) :]
        return path


@lru_cache(maxsize=65_536)
def _candidates(index: Index, name: str) -> list[tuple[Rule, Pattern]]:
    found = list(index.literal.get(name, ()))
    found += [(rule, pattern) for regex, rule, pattern in index.patterned if regex.fullmatch(name)]
    return sorted(found, key=lambda item: (item[1].any_object, item[1].any_object and _guesses(item[0])))


def _guesses(rule: Rule) -> bool:
    """Whether a rule tells by the algorithm alone that a method of any object is one of a library."""
    return rule.known_only and not rule.types


@cache
def index_of(language: str, library_names: tuple[str, ...]) -> Index:
    """The index of the libraries that a file may use."""
    literal: dict[str, list[tuple[Rule, Pattern]]] = {}
    patterned: list[tuple[re.Pattern[str], Rule, Pattern]] = []
    anchors: dict[str, set[Needs]] = {}
    after: dict[str, set[Needs]] = {}
    settings: dict[str, set[Needs]] = {}
    texts: dict[str, set[Needs]] = {}
    literals: dict[str, set[Needs]] = {}
    telling: dict[str, set[Needs]] = {}
    modules: dict[str, str] = {}
    for library in libraries_of(language):
        if library.name not in library_names:
            continue
        modules |= library.modules
        for rule in library.rules:
            if language not in rule.languages:
                continue
            for pattern in rule.patterns:
                needs = needs_of(language, rule, pattern)
                kept = {"text": texts, "literal": literals}.get(pattern.kind, anchors)
                kept.setdefault(pattern.anchor, set()).add(needs)
                if not (rule.silent or library.companion):
                    telling.setdefault(pattern.anchor, set()).add(needs)
                if pattern.kind == "setting":
                    settings.setdefault(pattern.anchor, set()).add(needs)
                if _PLAIN.fullmatch(pattern.anchor):
                    literal.setdefault(pattern.anchor, []).append((rule, pattern))
                else:
                    patterned.append((_compiled(pattern.anchor), rule, pattern))
            after |= {pattern.anchor: {()} for pattern in rule.after}
    pieces = sorted(set().union(*map(texts_of, {*anchors, *texts, *literals, *after})) - {""})
    return Index(
        names=anchors_of(anchors),
        settings=anchors_of(settings),
        texts=anchors_of(texts),
        literals=anchors_of(literals),
        telling=anchors_of(telling),
        later=anchors_of(after),
        pieces=tuple(pieces),
        searched=AhoCorasick(pieces),
        literal=literal,
        patterned=patterned,
        modules=tuple(sorted(modules.items(), key=lambda item: (-len(item[0]), item))),
    )
