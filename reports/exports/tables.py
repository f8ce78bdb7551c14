"""The answers as tables: which there are, what their columns mean, and what of people may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from duckdb import DuckDBPyConnection
from pydantic import BaseModel, ConfigDict

from reports.errors import ReportError
from reports.texts import Words
from warehouse.people import folded
from warehouse.store.database import quote_name


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lists: tuple[str, ...]
    evidence: tuple[str, ...]
    asked_for: tuple[str, ...]
    sheet_rows: int
    of_one_person: tuple[str, ...]
    pseudonyms: tuple[str, ...]
    counts_of_people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer."""

    name: str
    type: str
    """DuckDB's name of it."""
    meaning: str
    sql: str
    """What is shown of it."""

    def title(self, words: Words) -> str:
        """Its heading in the language of the words, or its name where they have none."""
        return words.column(self.name)


@dataclass(frozen=True, slots=True)
class Table:
    """One answer: a mart as it may be shown."""

    name: str
    meaning: str
    rows: int
    columns: tuple[Column, ...]

    def query(self, limit: int | None = None) -> str:
        """SQL for its rows over the published copy, in a fixed order."""
        shown = ", ".join(f"{column.sql} as {quote_name(column.name)}" for column in self.columns)
        end = "" if limit is None else f" limit {limit}"
        return f"select {shown} from mart.{quote_name(self.name)} order by all{end}"  # noqa: S608


@cache
def settings() -> _Settings:
    """What `exports.yaml` says."""
    text = files("reports.exports").joinpath("exports.yaml").read_text("utf-8")
    return _Settings.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))


def read_tables(con: DuckDBPyConnection) -> tuple[Table, ...]:
    """Every answer of the published copy: lists, their evidence, what plans ask for, then the others by name.

    Raises:
        ReportError: nothing is published.
    """
    may_show = _may_show_people(con)
    columns = _columns(con, may_show)
    found = {
        name: Table(name, comment or "", rows, tuple(columns[name]))
        for name, comment, rows in _names(con)
        if may_show or name not in settings().of_one_person
    }
    if not found:
        raise ReportError("the published copy holds no answers; chainatlas run publishes them")
    first = [
        name for name in (*settings().lists, *settings().evidence, *settings().asked_for) if name in found
    ]
    return tuple(found[name] for name in (*first, *(name for name in sorted(found) if name not in first)))


def _may_show_people(con: DuckDBPyConnection) -> bool:
    rows = con.execute("select value from meta.parameter where name = 'show_people'").fetchall()
    return rows == [("true",)]


def _names(con: DuckDBPyConnection) -> list[tuple[str, str | None, int]]:
    return con.execute(
        "select table_name, comment, estimated_size from duckdb_tables() where schema_name = 'mart'"
    ).fetchall()


def _columns(con: DuckDBPyConnection, may_show: bool) -> Mapping[str, list[Column]]:
    """The columns of every mart, in one query: looking through the catalogue takes DuckDB long."""
    found: dict[str, list[Column]] = {}
    rows = con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        "where schema_name = 'mart' order by table_name, column_index"
    ).fetchall()
    for table, name, kind, meaning in rows:
        shown = quote_name(name)
        if not may_show and name in settings().pseudonyms:
            shown = f"null::{kind}"
        elif not may_show and name in settings().counts_of_people:
            shown, kind = folded(shown), "VARCHAR"  # noqa: PLW2901  # "<5" is a text
        found.setdefault(table, []).append(Column(name, kind, meaning or "", shown))
    return found
