"""The page that shows any one component: a frame, and the records beside it in files that hold many each."""

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.columns import shown_columns, shown_rows
from reports.drawing import drawn, read_rows
from reports.errors import misfit
from reports.figures import figures
from reports.site.by_subject import by_subject, drawn_rows
from reports.site.page import Page, slug_of
from reports.site.payload import Shown, fragment
from reports.site.sections import read_models
from reports.texts import all_words, in_all_languages

PATH = "component.html"
_RECORDS_PER_FILE = 60
_ROWS_AT_ONCE = 20_000
"""Rows that are Python objects at the same time."""
_FACTS = """
select package_key, enterprises, repositories, repositories_direct, version_count, repositories_watched
from mart.component_use
order by enterprises desc, repositories desc, package_key
"""


@dataclass(frozen=True, slots=True)
class Records:
    """The page and, by the number of their file, the records with what the page shows of each."""

    page: Page
    files: Mapping[int, Mapping[str, Any]]


def component_records(connection: duckdb.DuckDBPyConnection, limit: int | None = None) -> Records:
    """The page of components with the records of all, or of the `limit` most used.

    Raises:
        ReportError: a query does not fit the warehouse.
    """
    try:
        table = connection.sql(_FACTS).to_arrow_table()
    except duckdb.Error as error:
        raise misfit("components", error) from error
    facts = table.to_pylist()[:limit]
    buckets = max(1, len(facts) // _RECORDS_PER_FILE)
    records: dict[str, dict[str, Any]] = {}
    for fact in facts:
        key = fact.pop("package_key")
        records[key] = {"facts": list(fact.items()), "figures": {}}
    shown = []
    for figure in figures():
        if figure.section != "component":
            continue
        grouped = by_subject(read_rows(connection, figure), "package_key")
        columns, sources = shown_columns(figure, grouped.table.schema)
        for table, places in grouped.parts(_ROWS_AT_ONCE):
            cells, rows = shown_rows(sources, table), drawn_rows(figure, table, places)
            for key, place in places.items():
                if record := records.get(key):
                    findings = [figure.draw(rows[key], words).finding for words in all_words()]
                    record["figures"][figure.name] = fragment([findings, cells[place]])
        nothing = drawn(figure, grouped.nothing, 0, [])
        shown.append(
            Shown(figure, f"{slug_of(PATH)}--{figure.name}", nothing, columns, [], 0,
                  read_models(connection, figure))
        )  # fmt: skip
    files: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, record in records.items():
        files[zlib.crc32(key.encode("utf-8", "surrogatepass")) % buckets][key] = record
    title, intro = in_all_languages("section.component"), in_all_languages("section.component.intro")
    crumbs = [("components.html", in_all_languages("section.component_index"))]
    page = Page(PATH, "components.html", title, intro, shown, crumbs=crumbs, record={"buckets": buckets})
    return Records(page, files)
