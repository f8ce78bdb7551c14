"""One run from end to end, for the command line: lock, materialise, summarise."""

import gc
import time
from pathlib import Path
from typing import TypedDict, Unpack

from pipelines.discovery import hold_workspaces, open_workspace
from pipelines.progress import Progress
from pipelines.run_lock import hold_run_lock
from pipelines.run_summary import RunSummary, count_published
from pipelines.selection import read_since
from pipelines.state import locate_state


class RunOptions(TypedDict, total=False):
    """How a run is done; `pipelines.resources.RegionResource` has the defaults."""

    workers: int
    """Scan processes, 0 for as many as there are CPUs."""
    rescan: bool
    """Scan unchanged repositories too."""
    only: list[str]
    """Enterprises or repositories to scan, see `select_repositories`."""
    since: str
    """Leave out those whose HEAD did not move since then, see `read_since`."""
    executor: str
    """What scans in buckets on other machines, see `pipelines.bucket_job`."""
    executor_config: str
    """YAML file with the executor's configuration."""
    spark_master: str
    """Spark cluster that runs the SQL models."""


def run_pipeline(
    target: Path, progress: Progress, *, with_report: bool = True, **options: Unpack[RunOptions]
) -> RunSummary:
    """Bring a workspace up to date: scan what changed, build the models, publish, report.

    Raises:
        PipelineError: the workspace is wrong, another run is on, or a stage failed.
    """
    started = time.monotonic()
    # Dagster makes a million objects that stay: looking through them takes 9 %.
    gc.set_threshold(100_000, 50, 50)
    if since := options.get("since"):
        read_since(since)  # a mistake should show before anything is done
    with hold_workspaces(), hold_run_lock(state := locate_state(open_workspace(target))):
        from pipelines.definitions import run_region  # noqa: PLC0415  # Dagster takes a second to import

        result = run_region(target, progress, with_report=with_report, **options)
    counts, failures = count_published(state.published)
    summary = RunSummary(
        scanned=result.scanned,
        unchanged=result.unchanged,
        left_out=result.left_out,
        resumed=result.resumed,
        counts=counts,
        failures=failures,
        rebuilt=result.rebuilt,
        renewed=result.renewed,
        models_unchanged=result.models_unchanged,
        errors=result.errors,
        warnings=result.warnings,
        published=state.published,
        report=state.report / "index.html" if with_report else None,
        seconds=time.monotonic() - started,
    )
    from pipelines.metrics import write_run_metrics  # noqa: PLC0415  # not for who only asks for help

    write_run_metrics(state.metrics, summary)
    return summary
