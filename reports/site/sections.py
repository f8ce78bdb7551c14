"""The pages that a region has once: overview, chains, security, cryptography, contribution, lists, method."""

from collections.abc import Iterator, Mapping

import duckdb

from reports.drawing import draw_figure
from reports.errors import ReportError
from reports.figures import Figure, figures
from reports.site.names import Region
from reports.site.page import Page, slug_of
from reports.site.payload import TABLE_ROWS, Shown, show
from reports.texts import all_words, in_all_languages
from warehouse.errors import WarehouseError
from warehouse.runner import discover_models
from warehouse.sql import parse_query, walk

SECTIONS: Mapping[str, str] = {
    "overview": "index.html",
    "chain": "chain.html",
    "security": "security.html",
    "crypto": "crypto.html",
    "contribution": "contribution.html",
    "enterprise_index": "enterprises.html",
    "component_index": "components.html",
    "coverage": "method.html",
}
"""Path of the page by the section of its figures, in the order of the menu."""
MENU = tuple((path, f"section.{section}") for section, path in SECTIONS.items())


def section_pages(connection: duckdb.DuckDBPyConnection, region: Region) -> Iterator[Page]:
    """The pages of `SECTIONS`, in their order.

    Raises:
        ReportError: a figure's query does not fit the warehouse.
    """
    for section, path in SECTIONS.items():
        shown = [show_figure(connection, figure, path) for figure in figures() if figure.section == section]
        title = in_all_languages(f"section.{section}")
        intro = in_all_languages(f"section.{section}.intro")
        if section == "overview":
            title = {words.language: words("page.title", region=region.title(words)) for words in all_words()}
        if section == "coverage":
            contents = [
                (f"{slug_of(path)}--queries", "page.queries_title"),
                (f"{slug_of(path)}--models", "page.models_title"),
            ]
            models = list(discover_models().values())
            extra = "models.html.j2"
            yield Page(path, path, title, intro, shown, extra=extra, extra_contents=contents, models=models)
        else:
            yield Page(path, path, title, intro, shown)


def show_figure(connection: duckdb.DuckDBPyConnection, figure: Figure, path: str) -> Shown:
    """Draw a figure for the page at `path`."""
    made = draw_figure(connection, figure, most_rows=TABLE_ROWS)
    return show(made, slug_of(path), read_models(connection, figure))


def read_models(connection: duckdb.DuckDBPyConnection, figure: Figure) -> list[str]:
    """The models that a figure's query reads, in text order.

    Raises:
        ReportError: the query is not valid.
    """
    try:
        nodes = list(walk(parse_query(connection, figure.query)))
    except WarehouseError as error:
        raise ReportError(f"figure {figure.name}: {error}") from error
    tables = {
        f"{node['schema_name']}.{node['table_name']}" for node in nodes if node.get("type") == "BASE_TABLE"
    }
    return sorted(table for table in tables if table.startswith(("core.", "mart.")))
