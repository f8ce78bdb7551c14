"""The languages that rules are written for: which files they are, and which bundled grammar reads them."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from ast_grep_py import SgRoot

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_GENERIC = re.compile(r"\b([A-Z]\w*)(<[A-Z][\w.]*>)(?=[.(])")
_NOT_NEWLINE = re.compile(r"[^\n]")

GRAMMARS = frozenset(
    {"c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "php", "python", "ruby", "rust", "swift"}
    | {"tsx", "typescript"}
)
"""Grammars that the engine bundles: it aborts on any other name, so that is refused here."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of source files."""

    name: str
    parser: str
    globs: tuple[str, ...]
    script_only: bool = False
    """The code stands between script tags."""
    generics_in_names: bool = False
    """The grammar takes type arguments for comparisons: they are made part of the name, `HMAC_SHA256_`."""

    def __post_init__(self) -> None:
        if self.parser not in GRAMMARS:
            raise ValueError(f"language {self.name}: no grammar {self.parser!r} is bundled")

    def parse(self, text: str) -> SgRoot:
        """The syntax tree of a file."""
        if self.script_only:
            text = _scripts(text)
        if self.generics_in_names:
            text = _GENERIC.sub(lambda match: match[1] + re.sub(r"\W", "_", match[2]), text)
        return SgRoot(text, self.parser)


def _scripts(text: str) -> str:
    """The text with everything outside of script tags blanked, so that places stay the same."""
    kept = []
    end = 0
    for match in _SCRIPT.finditer(text):
        kept.append(_NOT_NEWLINE.sub(" ", text[end : match.start(1)]))
        kept.append(match[1])
        end = match.end(1)
    kept.append(_NOT_NEWLINE.sub(" ", text[end:]))
    return "".join(kept)


@cache
def languages() -> dict[str, Language]:
    """All languages by name."""
    data = yaml.load(files("sbom.crypto").joinpath("languages.yaml").read_bytes(), yaml.CSafeLoader)
    return {
        name: Language(**{**facts, "name": name, "globs": tuple(facts["globs"])})
        for name, facts in data.items()
    }


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
