"""Write the report, unless it shows the present answers already."""

from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from pipelines.state import StateFolder
from warehouse.store.database import open_published


def refresh_report(state: StateFolder, memory_bytes: int | None = None) -> tuple[Path, bool]:
    """Write the report where the answers changed since it was written; returns its page and whether it was.

    `memory_bytes` are granted to its queries; null = half of the machine's.

    Raises:
        WarehouseError: nothing is published.
        ReportError: the report cannot be written.
    """
    page, stamp = state.report / "index.html", state.report / ".made-from"
    made_from = f"chainatlas/{version('chainatlas')} {_answers(state.published)}"
    if page.is_file() and stamp.is_file() and stamp.read_text() == made_from:
        return page, False
    # plotly and Jinja take longer to import than a run takes in which nothing changed
    from reports.site import build_report  # noqa: PLC0415

    page = build_report(state.published, state.report, memory_bytes)
    stamp.write_text(made_from)
    return page, True


def _answers(published: Path) -> str:
    """What changes whenever an answer does: the build that last changed a model's content, the parameters."""
    with closing(open_published(published)) as con:
        rows = con.execute(
            "select (select max(content_build_id) from meta.model_build),"
            " (select list(name || '=' || value order by name) from meta.parameter)"
        ).fetchall()
    return repr(rows)
