"""Values in words: numbers, dates and shares of the pages' texts in each language."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reports.columns import Column
from reports.figures import printable
from reports.site.names import Names
from reports.texts import Words

CHARACTERS = 200
"""Longest text of a repository that a page shows in one piece."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def cell(value: Any, kind: str, words: Words) -> str:
    """A value as text in a language; null is a dash, which is not a zero."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is unknown too
        return "–"
    if isinstance(value, bool):
        return words("value.yes" if value else "value.no")
    if kind in ("date", "time"):
        return localised_date(value, words)
    if kind == "share":
        return f"{100 * value:.0f} %" if words.language == "en" else f"{100 * value:.0f}%"
    if isinstance(value, float | Decimal):
        return f"{value:,.1f}".rstrip("0").rstrip(".") if value else "0"
    if isinstance(value, int):
        return f"{value:,}"
    text = printable(str(value))
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"


def localised_date(value: Any, words: Words) -> str:
    """A day as a reader of the language writes it; what is no day stays as it is."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return printable(value)
    if isinstance(value, datetime):
        value = value.date()
    if words.language.startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def in_words(value: Any, column: Column, names: Names, words: Words) -> str:
    """A cell of a shown table as text: codes and ids by their names, lists joined."""
    if column.kind == "names":
        value = words.name_of(*value) or None
    elif isinstance(value, list):
        value = ", ".join(_one(item, column, names, words) for item in value) or None
    else:
        return _one(value, column, names, words)
    return cell(value, "text", words)


def _one(value: Any, column: Column, names: Names, words: Words) -> str:
    if not isinstance(value, str):
        return cell(value, column.kind, words)
    if column.group == "verdict":
        return name_of_id("verdict", value, names, words)
    if column.group == "crypto_verdict":  # policy:verdict
        policy, _, verdict = value.partition(":")
        value = f"{words.code('policy', policy)} · {words.code('crypto_verdict', verdict)}"
    elif column.group:
        value = words.code(column.group, value)
    elif column.kind in names:
        return name_of_id(column.kind, value, names, words)
    return cell(value, column.kind, words)


def name_of_id(kind: str, identity: str, names: Names, words: Words) -> str:
    """What an enterprise, a segment, a verdict and the like is called; its id where it has no name."""
    known = names.get(kind, {}).get(identity)
    if known is None and kind == "verdict" and words.has(key := f"verdict.{identity}"):
        return words(key)  # a state in which there is no verdict
    return cell((known and words.name_of(*known)) or identity, "text", words)
