"""What a page's scripts get of its figures: charts in every language, tables inline or in part files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from reports.columns import Column, shown_table
from reports.drawing import Drawn
from reports.figures import Figure
from reports.texts import LANGUAGES

INLINE_ROWS = 300
"""Rows of a table that stand in the page itself; longer tables are files beside it, read when opened."""
PART_ROWS = 5_000
TABLE_ROWS = 50_000
"""Rows of a table that the pages carry; the total is said, `chainatlas query` and `export` give all."""
_LEAST_HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure ready for a page."""

    figure: Figure
    id: str
    drawn: Drawn
    columns: Sequence[Column]
    rows: Sequence[tuple[Any, ...]]
    total: int
    models: Sequence[str] = ()
    """Tables that its query reads."""

    @property
    def findings(self) -> dict[str, str]:
        return {language: self.drawn.drawings[language].finding for language in LANGUAGES}

    @property
    def has_choices(self) -> bool:
        return bool(self.drawn.drawings[LANGUAGES[0]].choices)

    @property
    def has_chart(self) -> bool:
        return self.drawn.drawings[LANGUAGES[0]].first is not None

    @property
    def open(self) -> bool:
        """Whether the table stands open: where there is nothing else to see."""
        return not self.has_chart and self.figure.view is None

    @property
    def bare(self) -> bool:
        """Whether there is nothing but a sentence to show."""
        return not self.has_chart and self.figure.view is None and not self.rows

    @property
    def height(self) -> int:
        """Of the chart in pixels, so that nothing moves when it is drawn."""
        chart = self.drawn.drawings[LANGUAGES[0]].first or {}
        return int(chart.get("layout", {}).get("height", _LEAST_HEIGHT))


def show(drawn: Drawn, page: str, models: Sequence[str] = ()) -> Shown:
    """A drawn figure for the page with this slug."""
    columns, rows = shown_table(drawn.figure, drawn.table.slice(0, TABLE_ROWS))
    return Shown(drawn.figure, f"{page}--{drawn.figure.name}", drawn, columns, rows, drawn.total, models)


def figure_data(shown: Shown, most_rows: int = TABLE_ROWS) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The entry of a figure in its page's data, and the part files that belong to it by name.

    A table with more than `most_rows` rows is cut there, and its entry says how many there are.
    """
    rows = shown.rows[:most_rows]
    entry: dict[str, Any] = {}
    if shown.has_choices:
        entry["choices"] = {
            language: list(shown.drawn.drawings[language].choices.items()) for language in LANGUAGES
        }
    elif shown.has_chart:
        entry["chart"] = {language: shown.drawn.drawings[language].chart for language in LANGUAGES}
    parts: dict[str, list[Any]] = {}
    if shown.columns:
        table: dict[str, Any] = {
            "columns": [column.to_json() for column in shown.columns],
            "name": shown.figure.name,
        }
        if len(rows) <= INLINE_ROWS:
            table["rows"] = rows
        else:
            for number, start in enumerate(range(0, len(rows), PART_ROWS), start=1):
                parts[f"{shown.id}-{number}"] = list(rows[start : start + PART_ROWS])
            table["parts"] = list(parts)
        if shown.total > len(rows):
            table["total"] = shown.total
        entry["table"] = table
    return entry, parts


def fragment(value: Any) -> orjson.Fragment:
    """A part of what `script_json` writes, as JSON already: a tenth of the memory of its objects."""
    return orjson.Fragment(orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS))


def script_json(value: Any) -> str:
    """JSON for a script element: `<` must not end it, line separators must not break it."""
    text = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode("utf-8")
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _plain(value: Any) -> Any:
    """What orjson does not know: decimals, numpy numbers."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)
