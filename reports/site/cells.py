"""Values in words: numbers, dates and shares of the pages' texts in each language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reports.columns import Column
from reports.figures import printable
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


Names = Mapping[str, Mapping[str, tuple[str | None, str | None]]]
"""Chinese and English name by kind and id, as `reports.site.names.Region` holds them."""


def in_words(value: Any, column: Column, names: Names, words: Words) -> str:
    """A cell of a shown table as text: codes and ids by their names, lists joined."""
    if column.kind == "names":
        value = _name(value, words)
    elif isinstance(value, list):
        value = ", ".join(_one(item, column, names, words) for item in value) or None
    else:
        return _one(value, column, names, words)
    return cell(value, "text", words)


def _one(value: Any, column: Column, names: Names, words: Words) -> str:
    if (
        isinstance(value, str)
        and column.group
        and words.has(key := f"code.{column.group}.{value.replace(' ', '_')}")
    ):
        return words(key)
    if isinstance(value, str) and value in names.get(column.kind, {}):
        return cell(_name(names[column.kind][value], words) or value, "text", words)
    return cell(value, column.kind, words)


def _name(names: Sequence[str | None], words: Words) -> str | None:
    first, second = names if words.language.startswith("zh") else names[::-1]
    return first or second
