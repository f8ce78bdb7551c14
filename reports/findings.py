"""The one-sentence findings of chosen figures, without the page around them."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from reports.drawing import draw_figure
from reports.errors import ReportError
from reports.figures import figure_named
from reports.texts import LANGUAGES
from warehouse.store.database import open_published


def read_findings(published: Path, names: Sequence[str], language: str) -> list[str]:
    """The findings of the figures `names`, in that order and in one of `reports.texts.LANGUAGES`.

    Raises:
        ReportError: there is no such figure or language, or the figure does not fit the warehouse.
        WarehouseError: nothing is published.
    """
    wanted = [figure_named(name) for name in names]
    if language not in LANGUAGES:
        raise ReportError(f"no language {language}; there are {', '.join(LANGUAGES)}")
    with closing(open_published(published)) as connection:
        return [draw_figure(connection, figure).drawings[language].finding for figure in wanted]
