"""Dagster's records of runs, and how long they are kept; what runs did stays in `meta.run`."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

KEPT_DAYS = 90
"""As for the ticks of schedules and sensors, which `dagster.yaml` bounds."""
_AT_ONCE = 200


def forget_old_runs(instance: dg.DagsterInstance, *, but: str = "", now: datetime | None = None) -> int:
    """Remove the records of runs older than `KEPT_DAYS`, 200 at a time; returns how many there were.

    `but` is the run that asks: if the clock jumped, it may look old itself.

    Dagster itself keeps the output that a run captured, and an empty database of each run's events.
    """
    if instance.is_ephemeral:
        return 0
    before = (now or datetime.now(UTC)) - timedelta(days=KEPT_DAYS)
    records = instance.get_run_records(dg.RunsFilter(created_before=before), limit=_AT_ONCE)
    old = [run_id for record in records if (run_id := record.dagster_run.run_id) != but]
    for run_id in old:
        instance.delete_run(run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        events = instance.event_log_storage
        if isinstance(events, SqliteEventLogStorage):
            with suppress(OSError):
                Path(events.path_for_shard(run_id)).unlink()
    return len(old)
