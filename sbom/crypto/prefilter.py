"""Which libraries a file may use, by its bytes: what decides whether it is parsed at all."""

from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import BytesAhoCorasick, Implementation

from sbom.crypto.commands import COMMAND_LITERALS, COMMANDS, in_code
from sbom.crypto.pattern import texts_of
from sbom.crypto.rulebook import Library, libraries_of
from sbom.crypto.wrappers import WRAPPERS, wrapper_literals


def active_libraries(language: str, content: bytes) -> tuple[str, ...]:
    """Libraries of which a literal stands in the file together with a name that one of its rules asks for."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "replace").encode()
    prefilter = _prefilter(language)
    matches = prefilter.literals.find_matches_as_indexes(content, overlapping=True)
    if not matches:
        return ()
    found = {prefilter.owners[at] for at, _, _ in matches}
    commands = (start for at, start, _ in matches if prefilter.owners[at] == COMMANDS)
    special: tuple[str, ...] = (COMMANDS,) if any(in_code(content, start) for start in commands) else ()
    special += (WRAPPERS,) if WRAPPERS in found else ()
    found -= {COMMANDS, WRAPPERS}
    if found <= prefilter.companions:
        return special
    named: set[str] = set(prefilter.unnamed)
    for at, _, _ in prefilter.names.find_matches_as_indexes(content, overlapping=True):
        named |= prefilter.named[at]
    if found & named <= prefilter.companions:
        return special
    return (*special, *sorted(found))


@dataclass(frozen=True, slots=True)
class _Prefilter:
    """Literals of all libraries of a language and whose each is; names that their rules ask for, likewise."""

    literals: BytesAhoCorasick
    owners: list[str]
    names: BytesAhoCorasick
    named: list[frozenset[str]]
    unnamed: frozenset[str]
    """Libraries with a rule whose names hold no literal."""
    companions: frozenset[str]
    """Libraries that only say something about the sites of others."""


@cache
def _prefilter(language: str) -> _Prefilter:
    libraries = libraries_of(language)
    literals = [(text.encode(), library.name) for library in libraries for text in library.requires]
    literals += [(text.encode(), COMMANDS) for text in COMMAND_LITERALS]
    literals += [(text.encode(), WRAPPERS) for text in wrapper_literals()]
    asked: dict[str, set[str]] = {}
    for library in libraries:
        for name in _names_of(library, language):
            asked.setdefault(name, set()).add(library.name)
    unnamed = asked.pop("", set())
    names = sorted(asked)
    return _Prefilter(
        BytesAhoCorasick([literal for literal, _ in literals], implementation=Implementation.DFA),
        [name for _, name in literals],
        BytesAhoCorasick([name.encode() for name in names], implementation=Implementation.DFA),
        [frozenset(asked[name]) for name in names],
        frozenset(unnamed),
        frozenset(library.name for library in libraries if library.companion),
    )


def _names_of(library: Library, language: str) -> set[str]:
    """Texts of which every site of the library's rules holds one."""
    found = set()
    for rule in library.rules:
        if language in rule.languages and not rule.silent:
            found |= {text for pattern in rule.patterns for text in texts_of(pattern.anchor)}
    return found
