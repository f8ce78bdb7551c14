"""The patterns of some libraries by the names that find their sites, so that a tree is asked once for all."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from ahocorasick_rs import AhoCorasick

from sbom.crypto.needed import Needs, are_met, needs_of
from sbom.crypto.pattern import Pattern, compiled, texts_of
from sbom.crypto.rulebook import Library, Rule, libraries_of

_PLAIN = re.compile(r"\w+")
_CHOICE = re.compile(r"\(\?:(\w+(?:\|\w+)*)\)")


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression for a name that is no plain word, with texts of which each such name holds one."""

    regex: str
    texts: frozenset[str]

    def match(self, name: str) -> re.Match[str] | None:
        """The name, if it is one; the expression is compiled for a name that may be."""
        return compiled(self.regex).fullmatch(name) if any(text in name for text in self.texts) else None


@dataclass(frozen=True, slots=True)
class Anchors:
    """Regular expressions for names or texts: plain words, and others."""

    words: frozenset[str]
    others: tuple[Expression, ...]
    needs: Mapping[str, Needs]
    """What else stands in a file in which one of them finds a site, as far as that is known."""

    def among(self, words: Set[str], pieces: Set[str], holds: Callable[[str], bool]) -> Iterator[str]:
        for name in self.words & words:
            if are_met(self.needs.get(name, ()), holds):
                yield name
        for other in self.others:
            if not other.texts.isdisjoint(pieces) and are_met(self.needs.get(other.regex, ()), holds):
                yield other.regex

    def match(self, name: str) -> bool:
        return name in self.words or any(other.match(name) for other in self.others)


@dataclass(frozen=True, slots=True)
class AnchorsOfAll:
    """The expressions of several libraries."""

    parts: tuple[Anchors, ...]

    def among(self, words: Set[str], pieces: Set[str], holds: Callable[[str], bool]) -> list[str]:
        """Those that may find a site in a text, of which the words and the pieces are given.

        Args:
            words: all words of the text.
            pieces: those of the index's pieces that stand in the text.
            holds: whether another text stands in it.
        """
        return sorted({name for part in self.parts for name in part.among(words, pieces, holds)})

    def match(self, name: str) -> bool:
        """Whether one of them is this name."""
        return any(part.match(name) for part in self.parts)


def anchors_of(expressions: Mapping[str, set[Needs]]) -> Anchors:
    """The expressions, each with what its patterns need, taken apart: a choice is each of its words."""
    needed: dict[str, set[Needs]] = {}
    for expression, needs in expressions.items():
        for choice in _choices(expression):
            needed.setdefault(choice, set()).update(needs)
    plain = {text for text in needed if _PLAIN.fullmatch(text)}
    return Anchors(
        frozenset(plain),
        tuple(_expression(text) for text in sorted(needed.keys() - plain)),
        {text: tuple(chain.from_iterable(needs)) for text, needs in needed.items() if () not in needs},
    )


def _choices(expression: str) -> list[str]:
    match = _CHOICE.fullmatch(expression)
    return match[1].split("|") if match else [expression]


@cache
def _expression(regex: str) -> Expression:
    return Expression(regex, frozenset(texts_of(regex)))


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The patterns of some libraries, by the name that finds their sites."""

    language: str
    parts: "tuple[_Part, ...]"
    names: AnchorsOfAll
    """Names that a site may hold."""
    settings: AnchorsOfAll
    """Names of settings, which may also stand in quotes."""
    texts: AnchorsOfAll
    """Texts that are sites as elements of lists."""
    literals: AnchorsOfAll
    """Texts that are sites wherever they stand."""
    telling: AnchorsOfAll
    """Those of the names and texts, of which one stands in every file with an occurrence."""
    later: AnchorsOfAll
    """Names of what says more about the sites of others."""
    modules: tuple[tuple[str, str], ...]
    """Other names of modules, each with the name that the rules know it by."""

    def pieces_in(self, text: str) -> set[str]:
        """Those texts in a text of which every name holds one that is no plain word; the empty one always."""
        pieces, searched = _pieces(self.language)
        return {"", *(pieces[at] for at, _, _ in searched.find_matches_as_indexes(text, True))}

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
    found = [item for part in index.parts for item in part.literal.get(name, ())]
    found += [
        (rule, pattern)
        for part in index.parts
        for expression, rule, pattern in part.patterned
        if expression.match(name)
    ]
    return sorted(found, key=lambda item: (item[1].any_object, item[1].any_object and _guesses(item[0])))


def _guesses(rule: Rule) -> bool:
    """Whether a rule tells by the algorithm alone that a method of any object is one of a library."""
    return rule.known_only and not rule.types


@cache
def index_of(language: str, library_names: tuple[str, ...]) -> Index:
    """The index of the libraries that a file may use."""
    libraries = [library for library in libraries_of(language) if library.name in library_names]
    parts = [_part(language, library.name) for library in libraries]
    modules = {other: known for library in libraries for other, known in library.modules.items()}
    return Index(
        language,
        tuple(parts),
        names=AnchorsOfAll(tuple(part.names for part in parts)),
        settings=AnchorsOfAll(tuple(part.settings for part in parts)),
        texts=AnchorsOfAll(tuple(part.texts for part in parts)),
        literals=AnchorsOfAll(tuple(part.literals for part in parts)),
        telling=AnchorsOfAll(tuple(part.telling for part in parts)),
        later=AnchorsOfAll(tuple(part.later for part in parts)),
        modules=tuple(sorted(modules.items(), key=lambda item: (-len(item[0]), item))),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What an index holds of one library."""

    names: Anchors
    settings: Anchors
    texts: Anchors
    literals: Anchors
    telling: Anchors
    later: Anchors
    literal: Mapping[str, list[tuple[Rule, Pattern]]]
    patterned: list[tuple[Expression, Rule, Pattern]]


@cache
def _part(language: str, library_name: str) -> _Part:
    library = next(library for library in libraries_of(language) if library.name == library_name)
    literal: dict[str, list[tuple[Rule, Pattern]]] = {}
    patterned: list[tuple[Expression, Rule, Pattern]] = []
    found: dict[str, dict[str, set[Needs]]] = {
        kind: {} for kind in ("names", "settings", "texts", "literals", "telling")
    }
    after: dict[str, set[Needs]] = {}
    for rule, pattern in _patterns_of(library, language):
        needs = needs_of(language, rule, pattern)
        kinds = [{"text": "texts", "literal": "literals"}.get(pattern.kind, "names")]
        kinds += ["telling"] if not (rule.silent or library.companion) else []
        kinds += ["settings"] if pattern.kind == "setting" else []
        for kind in kinds:
            found[kind].setdefault(pattern.anchor, set()).add(needs)
        if _PLAIN.fullmatch(pattern.anchor):
            literal.setdefault(pattern.anchor, []).append((rule, pattern))
        else:
            patterned.append((_expression(pattern.anchor), rule, pattern))
        after |= {item.anchor: {()} for item in rule.after}
    anchors = {kind: anchors_of(expressions) for kind, expressions in found.items()}
    return _Part(**anchors, later=anchors_of(after), literal=literal, patterned=patterned)


def _patterns_of(library: Library, language: str) -> Iterable[tuple[Rule, Pattern]]:
    return (
        (rule, pattern) for rule in library.rules if language in rule.languages for pattern in rule.patterns
    )


@cache
def _pieces(language: str) -> tuple[tuple[str, ...], AhoCorasick]:
    """The pieces of all names of a language's libraries that are no plain words, and what finds them."""
    expressions: set[str] = set()
    for library in libraries_of(language):
        for rule in library.rules:
            if language in rule.languages:
                expressions |= {pattern.anchor for pattern in (*rule.patterns, *rule.after)}
    choices = {choice for text in expressions for choice in _choices(text)}
    others = [_expression(choice) for choice in choices if not _PLAIN.fullmatch(choice)]
    pieces = sorted({text for other in others for text in other.texts} - {""})
    return tuple(pieces), AhoCorasick(pieces)
