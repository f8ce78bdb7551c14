"""What else stands in a file with a site of a pattern, besides the name that the site is found by.

The full path of a site is put together from what the file writes: an import, a type, the site itself. So each
name of a pattern's path, or of one of the types that its rule asks for, stands in the file as a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from sbom.crypto.imports import GIVEN_MODULES
from sbom.crypto.pattern import Pattern, segments_of, texts_of
from sbom.crypto.receivers import TypeSays
from sbom.crypto.rulebook import Rule, libraries_of

Need = tuple[frozenset[str], ...]
"""Of each of the sets one text stands in the file."""
Needs = tuple[Need, ...]
"""One of these holds; none at all where nothing is known to stand there."""
_LEAST = 3
_RUNS = re.compile(r"[A-Za-z0-9_]+")
_GIVEN = frozenset(run for module in GIVEN_MODULES for run in _RUNS.findall(module))


def needs_of(language: str, rule: Rule, pattern: Pattern) -> Needs:
    """What a file in a language holds in which a site is one of a rule by a pattern."""
    key = (language, id(rule), id(pattern))  # both stay for good, and take long to be hashed
    if key not in _KNOWN:
        _KNOWN[key] = _needs(language, rule, pattern)
    return _KNOWN[key]


_KNOWN: dict[tuple[str, int, int], Needs] = {}


def are_met(needs: Needs, holds: Callable[[str], bool]) -> bool:
    """Whether a file may have a site, by what it holds."""
    return not needs or any(all(any(map(holds, texts)) for texts in need) for need in needs)


def _needs(language: str, rule: Rule, pattern: Pattern) -> Needs:
    if pattern.is_bare:
        needs = [_need(language, _type_segments(item)) for item in rule.types]
    else:
        needs = [_need(language, (segment for segment in segments_of(pattern) if segment != pattern.anchor))]
    return tuple(needs) if all(needs) else ()


def _need(language: str, segments: Iterable[str]) -> Need:
    found = []
    for segment in segments:
        texts = {max(_RUNS.findall(text), key=len, default="") for text in texts_of(segment)}
        if all(len(text) >= _LEAST for text in texts) and texts.isdisjoint(_GIVEN):
            others = [_other_modules(language).get(text, frozenset()) for text in texts]
            found.append(frozenset(texts).union(*others))
    return tuple(sorted(found, key=len))


def _type_segments(item: TypeSays) -> Iterable[str]:
    """The names of a type's path as regular expressions."""
    notation = item.notation.replace("*", r"\w+")
    for segment in re.split(r"\.(?![^{}]*\})", notation):
        yield re.sub(r"\{([^{}]*)\}", lambda match: f"(?:{match[1].replace(',', '|')})", segment)


@cache
def _other_modules(language: str) -> Mapping[str, frozenset[str]]:
    """For each name of a module that files may call otherwise, a text of each of its other names."""
    found: dict[str, set[str]] = {}
    for library in libraries_of(language):
        for other, known in library.modules.items():
            runs = _RUNS.findall(other)
            for run in set(_RUNS.findall(known)).difference(runs):
                found.setdefault(run, set()).add(max(runs, key=len))
    return {run: frozenset(texts) for run, texts in found.items()}
