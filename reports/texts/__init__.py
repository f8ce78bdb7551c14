"""Every sentence of the reports, once per language: one catalogue file per language, equal keys in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("zh-CN", "en")
"""The first one is shown first."""
_GRAIN = " Grain: "


@cache
def catalogue(language: str) -> dict[str, str]:
    """Key → text with `{named}` places for one of `LANGUAGES`."""
    text = files(__name__).joinpath(f"{language}.yaml").read_text("utf-8")
    loaded: dict[str, str] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


@cache
def meanings(language: str) -> Mapping[str, str]:
    """What models and columns mean, by the English text of their headers; empty for English."""
    file = files(__name__).joinpath(f"models.{language}.yaml")
    if not file.is_file():
        return {}
    loaded: dict[str, str] = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: str

    def __call__(self, key: str, **places: object) -> str:
        """The text of `key`, places filled in.

        Raises:
            KeyError: the catalogue has no such key, or a place has no value.
        """
        return catalogue(self.language)[key].format_map(places)

    def has(self, key: str) -> bool:
        """Whether the catalogue has this key; both languages have the same ones."""
        return key in catalogue(self.language)

    def code(self, group: str, value: object, otherwise: str | None = None) -> str:
        """A code of a column in words, the text `code.<group>.<value>`.

        Where there is none, `otherwise`, by default the code itself: planners add verdicts and policies.
        """
        key = f"code.{group}.{value}".replace(" ", "_")
        if self.has(key):
            return self(key)
        return str(value) if otherwise is None else otherwise

    def column(self, name: str) -> str:
        """The heading of a column, or its name where the catalogue has none."""
        key = f"column.{name}"
        return self(key) if self.has(key) else name

    def meaning(self, text: str) -> str:
        """What a model or a column means, from the English of its header; that itself where none is known.

        The comment of a table is its description and its grain.
        """
        description, grain, rows = text.partition(_GRAIN)
        known = meanings(self.language)
        if not grain or text in known:
            return known.get(text, text)
        return f"{known.get(description, description)}{self('export.grain')}{known.get(rows, rows)}"

    def name(self, row: Mapping[str, Any], prefix: str = "") -> str:
        """The name of a row with `<prefix>name_zh` and `<prefix>name_en`, one standing in for the other.

        Empty without both.
        """
        return self.name_of(row.get(f"{prefix}name_zh"), row.get(f"{prefix}name_en"))

    def name_of(self, chinese: str | None, english: str | None) -> str:
        """The name in this language, the other standing in for it; empty without both."""
        first, second = (chinese, english) if self.language.startswith("zh") else (english, chinese)
        return str(first or second or "")


def all_words() -> tuple[Words, ...]:
    """One `Words` per language, the first language first."""
    return tuple(Words(language) for language in LANGUAGES)


def in_all_languages(key: str) -> dict[str, str]:
    """The text of `key` by language.

    Raises:
        KeyError: the catalogues have no such key.
    """
    return {words.language: words(key) for words in all_words()}
