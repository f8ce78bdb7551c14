"""The languages that rules are written for: which files they are, and which bundled grammar reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sbom.crypto.data import read_data
from sbom.crypto.macro_bodies import with_macro_bodies

_GENERIC = re.compile(r"\b([A-Z]\w*)(<[A-Z][\w.]*>)(?=[.(])")
_QUOTED_NAME = re.compile(r"""(\bdef[ \t]+)("[^"\n]*"|'[^'\n]*')(?=[ \t]*\()""")
_LINE_END = re.compile(
    r"^(?![ \t]*[@*])(?:(?!//|/\*).)*[\w)\]'\"][ \t]*\n"
    r"(?=[ \t\n]{0,200}(?!(?:extends|implements|throws|else|catch)\b)[\w@'\"\[}])",
    re.MULTILINE,
)
"""The end of a line that ends a statement: no comment stands in it, and the next one begins another."""
_NOT_NEWLINE = re.compile(r"[^\n]")
_IN_QUOTES = re.compile(
    r"""(?:[^"'\\#/]|/(?!/)|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*"""
    r"""(?:"(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*)"""
)
_MOST_LINE = 2000

GRAMMARS = frozenset(
    {"c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "lua", "php", "python", "ruby", "rust"}
    | {"scala", "solidity", "swift", "tsx", "typescript"}
)
"""Grammars that the engine bundles: it aborts on any other name, so that is refused here."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of source files."""

    name: str
    parser: str
    globs: tuple[str, ...]
    code: tuple[str, str] | None = None
    """Regular expressions of what stands before and after code, in files that hold other text too."""
    globals: frozenset[str] | None = None
    """Names at hand without an import; null where every name may be."""
    kin: str = ""
    """The language whose files share names with those of this one; itself where it stands alone."""
    capital_owners: bool = False
    """Classes begin with a capital letter, so that other names are those of variables."""
    rules_of: str | None = None
    """The language whose rules hold for this one, too: both call the same libraries."""
    ends_by_line: bool = False
    """Statements end with their line, which the grammar of another language asks a sign for."""
    bracketless: bool = False
    """A call without arguments may be written like a name."""
    slow_errors: bool = False
    """The grammar's recovery from errors takes time by the square of their length."""
    method_sign: str = ""
    """One character before the name of a method that is called, read as the dot before other members."""
    generics_in_names: bool = False
    """The grammar takes type arguments for comparisons: they are made part of the name, `HMAC_SHA256_`."""

    def __post_init__(self) -> None:
        if self.parser not in GRAMMARS:
            raise ValueError(f"language {self.name}: no grammar {self.parser!r} is bundled")

    def code_of(self, text: str) -> str:
        """The text as the grammar reads it; places stay the same."""
        if self.code is not None:
            text = _code_alone(text, *self.code)
        if self.ends_by_line:
            text = _QUOTED_NAME.sub(lambda match: match[1] + re.sub(r"\W", "_", match[2]), text)
            text = _LINE_END.sub(lambda match: match[0][:-1] + ";", text)
        if self.kin == "c":
            text = with_macro_bodies(text)
        if self.method_sign:
            text = _method_calls(self.method_sign).sub(".", text)
        if self.generics_in_names:
            text = _GENERIC.sub(lambda match: match[1] + re.sub(r"\W", "_", match[2]), text)
        return text


@cache
def _method_calls(sign: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=[\w\])]){re.escape(sign)}(?=[A-Za-z_]\w*[ \t]*[({{\"'\[])")


def _code_alone(text: str, begin: str, end: str) -> str:
    """The text with everything outside of its code blanked, so that places stay the same."""
    kept = []
    done = 0
    ends = re.compile(end, re.IGNORECASE)
    for match in re.finditer(begin, text, re.IGNORECASE):
        start = match.end()
        if start < done:
            continue
        stop = next(
            (found.start() for found in ends.finditer(text, start) if _ends(text, start, found)), len(text)
        )
        kept.append(_NOT_NEWLINE.sub(" ", text[done:start]))
        kept.append(text[start:stop])
        done = stop
    kept.append(_NOT_NEWLINE.sub(" ", text[done:]))
    return "".join(kept)


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether what ends code stands outside of the quotes of its line: `'/<(\\w+)?>/'` ends none."""
    line = text[
        max(text.rfind("\n", 0, found.start()) + 1, start, found.start() - _MOST_LINE) : found.start()
    ]
    return _IN_QUOTES.fullmatch(line) is None


def _language(name: str, facts: Mapping[str, Any]) -> Language:
    return Language(
        name,
        facts["parser"],
        tuple(facts["globs"]),
        code=tuple(facts["code"]) if "code" in facts else None,
        globals=frozenset(facts["globals"]) if "globals" in facts else None,
        kin=facts.get("kin", name),
        capital_owners=facts.get("capital_owners", False),
        rules_of=facts.get("rules_of"),
        ends_by_line=facts.get("ends_by_line", False),
        generics_in_names=facts.get("generics_in_names", False),
        bracketless=facts.get("bracketless", False),
        method_sign=facts.get("method_sign", ""),
        slow_errors=facts.get("slow_errors", False),
    )


@cache
def languages() -> dict[str, Language]:
    """All languages by name."""
    data = read_data("languages.yaml")
    return {name: _language(name, facts) for name, facts in data.items()}


@cache
def with_followers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Languages with those for which the rules of one of them hold, too."""
    return (*names, *(name for name, item in languages().items() if item.rules_of in names))


def language_of(file_name: str) -> Language | None:
    """The language of a file by its name, null if it is none of ours."""
    _, dot, ending = file_name.rpartition(".")
    return _by_ending().get(ending.lower()) if dot else None


@cache
def _by_ending() -> dict[str, Language]:
    found = {}
    for language in languages().values():
        for glob in language.globs:
            if not re.fullmatch(r"\*\.[\w+]+", glob):
                raise ValueError(f"language {language.name}: {glob!r} is not of the form *.ending")
            found[glob[2:].lower()] = language
    return found
