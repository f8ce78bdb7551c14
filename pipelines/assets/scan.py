"""What the repositories hold: one asset for all facts, a process pool inside."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.bucket_job import launch_executor
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from pipelines.scan_buckets import Launch
from pipelines.scan_plan import ScanRequest
from pipelines.scan_stage import ScanReport, scan_repositories
from pipelines.selection import read_since
from pipelines.snapshot_plan import SnapshotPlan
from pipelines.storage import Store, open_store
from warehouse.store.schema import REPOSITORY_FACTS

_SHOWN_FAILURES = 20


@dg.multi_asset(specs=raw_specs(REPOSITORY_FACTS, group="scan", deps=[table_key("raw.repository")]))
def repository_facts(
    context: dg.AssetExecutionContext, region: RegionResource, progress: dg.ResourceParam[Progress]
) -> Iterator[TableResult]:
    """Scan the repositories that changed and load what they hold."""
    request = _request(region, context.run.run_id)
    report = scan_repositories(
        region.warehouse(), region.observe().repositories, request, progress, _others(region)
    )
    for name in REPOSITORY_FACTS:
        loaded = report.rows.get(name, 0)
        yield table_result(region.warehouse(), name, rows_loaded=loaded, **_metadata(report))


def _request(region: RegionResource, run_id: str) -> ScanRequest:
    settings = region.workspace.settings
    return ScanRequest(
        state=region.state,
        run_id=run_id,
        limits=settings.scan_limits,
        workers=region.workers or os.cpu_count() or 1,
        rescan=region.rescan,
        maven_repository=region.workspace.maven_repository,
        only=tuple(region.only),
        since=read_since(region.since) if region.since else None,
        snapshots=SnapshotPlan(**settings.snapshots.model_dump()),
    )


def _others(region: RegionResource) -> tuple[Store, Launch] | None:
    if not region.executor:
        return None
    launch = partial(
        launch_executor,
        executor=region.executor,
        home=region.state.dagster,
        config=Path(region.executor_config) if region.executor_config else None,
        workers=region.workers,
    )
    return open_store(region.workspace.settings.storage.address or str(region.state.exchange)), launch


def _metadata(report: ScanReport) -> dict[str, dg.MetadataValue]:
    failures = [f"{outcome.repo_id}: {outcome.scanner}: {outcome.error}" for outcome in report.failures]
    return {
        "scanned": dg.MetadataValue.int(len(report.scanned)),
        "unchanged": dg.MetadataValue.int(len(report.unchanged)),
        "left_out": dg.MetadataValue.int(len(report.left_out)),
        "failed": dg.MetadataValue.int(len({outcome.repo_id for outcome in report.failures})),
        "failures": dg.MetadataValue.json(failures[:_SHOWN_FAILURES]),
        "dropped": dg.MetadataValue.int(len(report.dropped)),
        "resumed": dg.MetadataValue.int(report.resumed),
        "refused": dg.MetadataValue.json(list(report.refused)),
        "seconds": dg.MetadataValue.float(round(report.seconds, 3)),
    }
