"""How a figure's table is shown: which columns, of what kind, which texts and links stand in the cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import yaml

from reports.figures import Figure

_NUMERIC = frozenset({"share", "year"})
"""Kinds of numbers; the others say what a text is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a shown table; `places` are indexes of other columns that its cells need."""

    name: str
    kind: str
    """text, number, share, date, time, boolean, names, code, or what it links to."""
    index: int
    group: str | None = None
    is_list: bool = False
    places: Mapping[str, int] | None = None
    hidden: bool = False

    def to_json(self) -> dict[str, Any]:
        """What the scripts of a page read of it; what is empty is left out."""
        optional = {"group": self.group, "list": self.is_list, "at": self.places, "hidden": self.hidden}
        kept = {key: value for key, value in optional.items() if value}
        return {"name": self.name, "kind": self.kind, **kept}


@cache
def presentation() -> Mapping[str, Any]:
    """`columns.yaml`, kinds and groups by name of the column."""
    loaded = yaml.load(files("reports").joinpath("columns.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    by_column = {name: kind for kind, names in loaded["kinds"].items() for name in names}
    groups = {name: group for group, names in loaded["codes"].items() for name in names}
    return {**loaded, "kinds": by_column, "codes": groups}


def shown_table(figure: Figure, table: pa.Table) -> tuple[list[Column], list[tuple[Any, ...]]]:
    """Columns and rows as the page shows them: pairs of names are one column, or the id that they name."""
    columns, sources = shown_columns(figure, table.schema)
    return columns, shown_rows(sources, table)


def shown_columns(figure: Figure, schema: pa.Schema) -> tuple[list[Column], list[tuple[str, ...]]]:
    """The columns that the page shows, and of which columns of the figure's table each is made."""
    fields = {field.name: field for field in schema}
    pairs = [name[: -len("name_zh")] for name in fields if name.endswith("name_zh")]
    named = {prefix: _named_by(prefix, fields) for prefix in pairs}
    moved = {column for column in named.values() if column}
    columns: list[Column] = []
    sources: list[tuple[str, ...]] = []
    for name, field in fields.items():
        if name.endswith("name_en"):
            continue
        if name.endswith("name_zh"):
            prefix = name[: -len("name_zh")]
            if column := named[prefix]:
                columns.append(_column(fields[column], len(sources), figure))
                sources.append((column,))
            else:
                hidden = f"{prefix}name_zh" in figure.hidden
                columns.append(Column(f"{prefix}name", "names", len(sources), hidden=hidden))
                sources.append((f"{prefix}name_zh", f"{prefix}name_en"))
        elif name not in moved:
            columns.append(_column(field, len(sources), figure))
            sources.append((name,))
    columns = _with_places(columns)
    needed = {index for column in columns if not column.hidden for index in (column.places or {}).values()}
    kept = [column for column in columns if not column.hidden or column.index in needed]
    moved_to = {column.index: number for number, column in enumerate(kept)}
    return [_moved(column, moved_to) for column in kept], [sources[column.index] for column in kept]


def shown_rows(sources: Sequence[tuple[str, ...]], table: pa.Table) -> list[tuple[Any, ...]]:
    """The cells of the columns that are made of `sources`, row by row; of two sources a cell is the pair."""
    if not sources:
        return []
    read = [[table[name].to_pylist() for name in names] for names in sources]
    values = [held[0] if len(held) == 1 else list(zip(*held, strict=True)) for held in read]
    return list(zip(*values, strict=True))


def _moved(column: Column, moved_to: Mapping[int, int]) -> Column:
    places = {part: moved_to[index] for part, index in (column.places or {}).items()} or None
    return replace(column, index=moved_to[column.index], places=places)


def _named_by(prefix: str, fields: Mapping[str, Any]) -> str | None:
    wanted = presentation()["names"].get(prefix)
    candidates = [wanted] if isinstance(wanted, str) else wanted or []
    return next((name for name in candidates if name in fields), None)


def _column(field: pa.Field, index: int, figure: Figure) -> Column:
    name, kind = field.name, field.type
    is_list = pa.types.is_list(kind)
    hidden = name in figure.hidden or name == figure.subject
    if group := presentation()["codes"].get(name):
        return Column(name, "code", index, group, is_list, None, hidden)
    plain = _kind(kind.value_type if is_list else kind)
    wanted = presentation()["kinds"].get(name)  # a name that stands for a text here and a number there
    shown = wanted if wanted and (plain == "text") == (wanted not in _NUMERIC) else plain
    return Column(name, shown, index, None, is_list, None, hidden)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    return "time" if pa.types.is_timestamp(kind) else "text"


def _with_places(columns: list[Column]) -> list[Column]:
    """Lines and commits become part of the place that they belong to."""
    index = {column.name: column.index for column in columns}
    parts: set[str] = set()
    at: dict[str, dict[str, int]] = {}
    for name, wanted in presentation()["places"].items():
        if name in index:
            at[name] = {part: index[column] for part, column in wanted.items() if column in index}
            parts |= {column for part, column in wanted.items() if part != "repository"}
    return [
        replace(
            column, places=at.get(column.name), hidden=column.hidden or (bool(at) and column.name in parts)
        )
        for column in columns
    ]
