"""The one-sentence findings of chosen figures, without the page around them."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from reports.drawing import draw_figure
from reports.errors import ReportError
from reports.figures import figures
from reports.texts import LANGUAGES
from warehouse.store.database import open_published


def read_findings(published: Path, names: Sequence[str], language: str) -> list[str]:
    """The findings of the figures `names`, in that order and in one of `reports.texts.LANGUAGES`.

    Raises:
        ReportError: there is no such figure or language, or the figure does not fit the warehouse.
        WarehouseError: nothing is published.
    """
    known = {figure.name: figure for figure in figures()}
    if missing := set(names) - set(known):
        raise ReportError(f"no figure is named {', '.join(sorted(missing))}; there are {', '.join(known)}")
    if language not in LANGUAGES:
        raise ReportError(f"no language {language}; there are {', '.join(LANGUAGES)}")
    with closing(open_published(published)) as connection:
        return [draw_figure(connection, known[name]).drawings[language].finding for name in names]
