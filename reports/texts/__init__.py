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
        return key in catalogue(self.language)

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
        chinese, english = row.get(f"{prefix}name_zh"), row.get(f"{prefix}name_en")
        first, second = (chinese, english) if self.language.startswith("zh") else (english, chinese)
        return str(first or second or "")


def all_words() -> tuple[Words, ...]:
    """One `Words` per language, the first language first."""
    return tuple(Words(language) for language in LANGUAGES)
