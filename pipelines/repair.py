"""Mend a broken state folder as far as it can be made whole from what is there; nothing is thrown away.

What cannot be read is moved aside under its name with `.broken-<time>`; the next run makes it again from the
repositories, or a backup brings it back.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import USER_ERRORS, PipelineError
from pipelines.report_stage import refresh_report
from pipelines.run_lock import hold_run_lock
from pipelines.state import StateFolder
from pipelines.state_faults import damaged_records, half_written, key_fault
from warehouse.errors import WarehouseError
from warehouse.store.database import open_database, open_published, read_through
from warehouse.store.publish import publish_warehouse


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was mended, or that could not be."""

    name: str
    done: str
    advice: str | None = None
    is_done: bool = True


def repair_state(state: StateFolder) -> list[Repair]:
    """Mend what is broken.

    Raises:
        PipelineError: there is no state, or a run is on.
    """
    if not state.path.is_dir():
        raise PipelineError(f"{state.path}: there is no state; chainatlas run makes one")
    with hold_run_lock(state):
        return [
            repair
            for mend in (_key, _leftovers, _warehouse, _published, _report, _dagster)
            for repair in _told(mend, state)
        ]


def _told(mend: Callable[[StateFolder], Iterator[Repair]], state: StateFolder) -> Iterator[Repair]:
    try:
        yield from mend(state)
    except (*USER_ERRORS, OSError) as error:
        yield Repair(
            mend.__name__.strip("_"), f"could not be mended: {error}", "restore a backup", is_done=False
        )


def _key(state: StateFolder) -> Iterator[Repair]:
    """Without its key everybody gets a new pseudonym: not for a program to decide."""
    if (fault := key_fault(state)) is not None:
        yield Repair(
            "key",
            f"{fault} and was left so",
            "restore it, or remove it to give new pseudonyms",
            is_done=False,
        )


def _leftovers(state: StateFolder) -> Iterator[Repair]:
    """Half-written files of killed processes; whole shards are loaded by the next run."""
    partial = list(half_written(state))
    for path in partial:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if partial:
        yield Repair("leftovers", f"removed {len(partial)} half-written files of killed processes")


def _warehouse(state: StateFolder) -> Iterator[Repair]:
    if not state.warehouse.exists():
        return
    try:
        with closing(open_database(state.warehouse)) as con:
            read_through(con)
    except WarehouseError as error:
        if "newer version" in str(error) or "in use by process" in str(error):
            raise
        aside = _move_aside(state.warehouse)
        with suppress(OSError):
            _move_aside(state.warehouse.with_name(f"{state.warehouse.name}.wal"))
        yield Repair(
            "warehouse",
            f"could not be read; moved to {aside}",
            "chainatlas run makes it anew, or restore a backup",
        )


def _published(state: StateFolder) -> Iterator[Repair]:
    if state.published.exists():
        try:
            with closing(open_published(state.published)) as con:
                read_through(con)
            return
        except WarehouseError:
            yield Repair("published", f"could not be read; moved to {_move_aside(state.published)}")
    if state.warehouse.exists():
        with closing(open_database(state.warehouse)) as con:
            built = con.execute("select count(*) from meta.model_build where status = 'built'").fetchall()
            if built != [(0,)]:
                publish_warehouse(con, state.published)
                yield Repair("published", "published anew from the warehouse")


def _report(state: StateFolder) -> Iterator[Repair]:
    if state.published.exists() and not (state.report / "index.html").is_file():
        refresh_report(state)
        yield Repair("report", "written anew from what is published")


def _dagster(state: StateFolder) -> Iterator[Repair]:
    """Dagster's own record of runs is history only."""
    if damaged_records(state) is not None:
        yield Repair("dagster", f"could not be opened; moved to {_move_aside(state.dagster)}")


def _move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    path.rename(aside)
    return aside
