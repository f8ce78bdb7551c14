"""The page that shows any one component: a frame, and the records beside it in files that hold many each."""

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.columns import shown_table
from reports.drawing import Drawn, read_rows
from reports.errors import misfit
from reports.figures import Row, figures
from reports.site.page import Page, slug_of
from reports.site.payload import Shown
from reports.site.sections import read_models
from reports.texts import all_words, in_all_languages

PATH = "component.html"
_RECORDS_PER_FILE = 60
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
        rows = read_rows(connection, figure)
        columns, cells = shown_table(figure, rows)
        grouped: dict[str, tuple[list[Row], list[Any]]] = defaultdict(lambda: ([], []))
        for row, values in zip(rows.to_pylist(), cells, strict=True):
            grouped[row["package_key"]][0].append(row)
            grouped[row["package_key"]][1].append(values)
        for key, (own, held) in grouped.items():
            if record := records.get(key):
                findings = [figure.draw(own, words).finding for words in all_words()]
                record["figures"][figure.name] = [findings, held]
        nothing = Drawn(figure, rows, [], {words.language: figure.draw([], words) for words in all_words()})
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
