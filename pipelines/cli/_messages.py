"""What commands print, in Chinese where the locale asks for it; else in English, as it stands in the code.

The Chinese stands in `_help/messages.zh-CN.toml` by its English template, with the same `{named}` places. A
text without a row stays English.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pipelines.cli._language import wants_chinese

if TYPE_CHECKING:
    from reports.texts import Words

_COMMENT = re.compile(r"# ([^#\n]*)$", re.MULTILINE)
_PLACE = re.compile(r"\{(\w+)[^{}]*\}")
_NESTED = frozenset({"cause", "lines", "reason"})
"""Places of these names hold texts that may have rows themselves."""
_DEEPEST = 8
_LONGEST = 2_000
"""Texts may come from repositories: what is nested deeper or longer stays as it is."""
_HOLDS = {
    **dict.fromkeys(("choices", "error", "lines", "place", "why"), ""),
    **dict.fromkeys(("cause", "reason"), r"(?!\n)"),
}
"""What places that hold whole texts do not go over."""
_CODES = {
    **{name: name for name in ("severity", "joined_by", "context")},
    **{"warnings": "warning", "cannot_be_told": "warning", "standing": "health_standing", "sure": "yes_no"},
    **dict.fromkeys(("in_kev", "publicly_exposed", "automatable"), "yes_no"),
    **{"contribution_rests_on": "contribution_kind", "history": "scan", "technical_impact": "impact"},
    "verdicts": "crypto_verdict",
    **dict.fromkeys(("about", "algorithm", "change", "findings", "name", "status", "versions"), ""),
}
"""Columns that hold codes, with the group of the reports' catalogue that says them; else `[values]` does."""
_TEXTS = frozenset({"advice", "cannot_say", "count", "decision", "error", "finding", "reason"})
"""Columns that hold texts from below the commands."""


def message(template: str, /, **places: object) -> str:
    """The text of a command, places filled in as by `str.format`.

    Raises:
        KeyError: a place has no value.
    """
    told = messages()["commands"].get(template, template) if wants_chinese() else template
    return told.format_map(places)


def in_locale(text: str) -> str:
    """A finished text from below the commands, by the template that it fits.

    Of several the one with the most fixed words. Where the whole has no row its lines are looked up, then
    what stands between semicolons.
    """
    return _told(text, _DEEPEST) if wants_chinese() else text


def _told(text: str, levels: int) -> str:
    if not levels:
        return text
    if len(text) <= _LONGEST and (whole := _matched(text, levels)) is not None:
        return whole
    if "\n" in text:
        return "\n".join(_told(line, levels - 1) for line in text.split("\n"))
    if len(text) > _LONGEST:
        return text
    parts = [_matched(part, levels) for part in text.split("; ")]
    return text if None in parts else "；".join(filter(None, parts))


def _matched(text: str, levels: int) -> str | None:
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            nested = {name: _told(values[name], levels - 1) for name in _NESTED & values.keys()}
            return chinese.format_map(values | nested)
    return None


def comments(toml: str) -> str:
    """TOML with the comments that `[workspace]` has a row for in the language of the locale."""
    rows = messages()["workspace"] if wants_chinese() else {}
    return _COMMENT.sub(lambda found: f"# {rows.get(found[1], found[1])}", toml)


def value(code: str) -> str:
    """A word that a column or a status holds, such as `failed`."""
    return messages()["values"].get(code, code) if wants_chinese() else code


def heading(column: str) -> str:
    """A column as people read it: from `[columns]`, else from the catalogue of the reports."""
    if not wants_chinese():
        return column
    return messages()["columns"].get(column) or _words().column(column)


def cell(column: str, content: Any) -> Any:
    """What a column holds as people read it: words of `_CODES`, texts of `_TEXTS`; all else as it is."""
    if not wants_chinese():
        return content
    if isinstance(content, bool):
        return value("yes" if content else "no")
    if isinstance(content, list):
        return [cell(column, each) for each in content]
    if not isinstance(content, str) or column not in _CODES.keys() | _TEXTS:
        return content
    return in_locale(content) if column in _TEXTS else _words().code(_CODES[column], content, value(content))


def _words() -> "Words":
    from reports.texts import Words

    return Words("zh-CN")


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Chinese by English template: one table for each kind of text."""
    text = files("pipelines.cli").joinpath("_help", "messages.zh-CN.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    rows = {**messages()["system"], **messages()["click"], **messages()["below"]}
    first = sorted(rows, key=lambda template: (-len(_PLACE.sub("", template)), template))
    return [(_pattern(template), rows[template]) for template in first]


def _pattern(template: str) -> re.Pattern[str]:
    """Each place ends where the words after it begin for the first time: no text takes long to compare.

    No place but those of `_HOLDS` goes over lines or a `; `, nor the one that a text begins with over a `: `:
    what it holds cannot be another sentence.
    """
    first, *parts = _PLACE.split(template)
    names, words = parts[::2], parts[1::2]
    pattern = re.escape(first)
    for position, (name, after) in enumerate(zip(names, words, strict=True), start=1):
        ends = _HOLDS.get(name, r"(?!\n|; )" if pattern else r"(?!\n|[:;] )")
        held = f"(?P<{name}>(?:{ends}.)*?)"
        pattern += f"(?>{held}{re.escape(after)})" if position < len(names) else f"{held}{re.escape(after)}"
    return re.compile(pattern, re.DOTALL)
