"""What commands print, in Chinese where the locale asks for it; else in English, as it stands in the code.

The Chinese stands in `_help/messages.zh-CN.toml` by its English template, with the same `{named}` places. A
text without a row stays English.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from pipelines.cli._language import wants_chinese

_PLACE = re.compile(r"\{(\w+)[^{}]*\}")
_NESTED = "reason"
"""A place of this name holds a text that may have a row itself."""


def message(template: str, /, **places: object) -> str:
    """The text of a command, places filled in as by `str.format`.

    Raises:
        KeyError: a place has no value.
    """
    told = messages()["commands"].get(template, template) if wants_chinese() else template
    return told.format_map(places)


def in_locale(text: str) -> str:
    """A finished text from below the commands, by the template of `[below]` or `[click]` that it fits.

    Of several the one with the most fixed words. Lines are looked up one by one where the whole has no row.
    """
    if not wants_chinese():
        return text
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            if _NESTED in values:
                values[_NESTED] = in_locale(values[_NESTED])
            return chinese.format_map(values)
    return "\n".join(map(in_locale, text.split("\n"))) if "\n" in text else text


def value(code: str) -> str:
    """A word that a column or a status holds, such as `failed`."""
    return messages()["values"].get(code, code) if wants_chinese() else code


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Chinese by English template: `commands`, `below`, `click`, `columns` and `values`."""
    text = files("pipelines.cli").joinpath("_help", "messages.zh-CN.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    rows = {**messages()["click"], **messages()["below"]}
    fixed = sorted(rows, key=lambda template: (-len(_PLACE.sub("", template)), template))
    return [(_pattern(template), rows[template]) for template in fixed]


def _pattern(template: str) -> re.Pattern[str]:
    """Each place ends where the words after it begin for the first time: no text takes long to compare."""
    first, *parts = _PLACE.split(template)
    names, words = parts[::2], parts[1::2]
    pattern = re.escape(first)
    for name, after in zip(names[:-1], words[:-1], strict=True):
        pattern += f"(?>(?P<{name}>.+?){re.escape(after)})"
    if names:
        pattern += f"(?P<{names[-1]}>.+){re.escape(words[-1])}"
    return re.compile(pattern, re.DOTALL)
