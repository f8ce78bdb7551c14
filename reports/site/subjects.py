"""The pages that there is one of for each segment and each enterprise."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb
import yaml

from reports.columns import Column, shown_columns, shown_rows
from reports.drawing import drawn, read_rows
from reports.errors import ReportError, misfit
from reports.figures import Figure, Row, figures, printable
from reports.site.by_subject import by_subject
from reports.site.names import slug
from reports.site.page import Fact, Page, slug_of
from reports.site.payload import Shown
from reports.site.sections import MENU, read_models
from reports.texts import all_words, in_all_languages

_OWN = ("name_zh", "name_en")


@cache
def subject_kinds() -> Mapping[str, Mapping[str, Any]]:
    """`subjects.yaml`."""
    text = files("reports.site").joinpath("subjects.yaml").read_text("utf-8")
    loaded: dict[str, dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def subject_pages(connection: duckdb.DuckDBPyConnection, kind: str) -> Iterator[Page]:
    """One page for each subject of a kind of `subjects.yaml`, in the order of its query.

    Raises:
        ReportError: a query does not fit the warehouse.
    """
    declared = subject_kinds()[kind]
    try:
        subjects = connection.sql(declared["query"]).to_arrow_table().to_pylist()
    except duckdb.Error as error:
        raise misfit(f"pages of kind {kind}", error) from error
    members = [_Grouped(connection, figure) for figure in figures() if figure.section == kind]
    for subject in subjects:
        identity = subject[declared["subject"]]
        path = f"{kind}/{slug(identity)}.html"
        shown = [member.shown(identity, path) for member in members]
        facts = [
            Fact(name, value, declared.get("kinds", {}).get(name) or _kind(name))
            for name, value in subject.items()
            if name not in (*_OWN, declared["subject"])
        ]
        menu, title = declared["menu"], _title(subject, identity)
        intro, crumbs = in_all_languages(f"section.{kind}.intro"), [(menu, _menu_text(menu))]
        yield Page(path, menu, title, intro, shown, facts, crumbs)


class _Grouped:
    """A figure's rows, read once and handed out subject by subject."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, figure: Figure) -> None:
        if figure.subject is None:
            raise ReportError(f"figure {figure.name}: a figure of many pages names its subject's column")
        self.figure = figure
        self.models = read_models(connection, figure)
        self._by_subject = by_subject(read_rows(connection, figure), figure.subject)
        self._columns: Sequence[Column]
        self._columns, self._sources = shown_columns(figure, self._by_subject.nothing.schema)

    def shown(self, identity: Any, path: str) -> Shown:
        table = self._by_subject[identity]
        rows = shown_rows(self._sources, table)
        return Shown(
            self.figure, f"{slug_of(path)}--{self.figure.name}",
            drawn(self.figure, table, table.num_rows, table.to_pylist()),
            self._columns if rows else (), rows, len(rows), self.models,
        )  # fmt: skip


def _kind(name: str) -> str:
    return "share" if name.endswith("share") or name == "coverage" else "text"


def _title(subject: Row, identity: str) -> dict[str, str]:
    names = {words.language: printable(words.name(subject)) or printable(identity) for words in all_words()}
    return {language: text if len(text) <= 80 else text[:79] + "…" for language, text in names.items()}


def _menu_text(path: str) -> dict[str, str]:
    """What the menu calls the page at `path`."""
    return in_all_languages(next(key for other, key in MENU if other == path))
