"""A page before it is written, and how its parts are found in templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.site.payload import TABLE_ROWS, Shown, figure_data, script_json
from warehouse.model import Model


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the numbers at the head of a page."""

    name: str
    value: Any
    kind: str
    tone: str | None = None
    """Colour role that marks it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the report; texts are by language."""

    path: str
    menu: str
    """The page of the menu that it belongs to."""
    title: Mapping[str, str]
    intro: Mapping[str, str]
    shown: Sequence[Shown]
    facts: Sequence[Fact] = ()
    crumbs: Sequence[tuple[str, Mapping[str, str]]] = ()
    record: Mapping[str, Any] | None = None
    """Set for the page that shows one of many records, chosen by its address."""
    extra: str | None = None
    """Template of a part that follows the figures."""
    extra_contents: Sequence[tuple[str, str]] = ()
    """Ids and text keys of the headings in it."""
    models: Sequence[Model] = ()
    """What it describes."""

    @property
    def slug(self) -> str:
        return slug_of(self.path)

    @property
    def root(self) -> str:
        return "../" * self.path.count("/")

    @property
    def model_names(self) -> frozenset[str]:
        return frozenset(model.name for model in self.models)

    def payload(self, most_rows: int = TABLE_ROWS) -> tuple[str, dict[str, list[Any]]]:
        """The page's data as JSON for a script element, and its part files by name; see `figure_data`."""
        figures: dict[str, Any] = {}
        parts: dict[str, list[Any]] = {}
        for shown in self.shown:
            figures[shown.id], more = figure_data(shown, most_rows)
            parts |= more
        data: dict[str, Any] = {"figures": figures}
        if self.record is not None:
            data["record"] = self.record
        return script_json(data), parts


def slug_of(path: str) -> str:
    """The first part of the ids on a page: its path in one word."""
    return path.removesuffix(".html").replace("/", "-")
