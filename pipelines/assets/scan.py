"""What the repositories hold: one asset for all facts, a process pool inside."""

import os
from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from pipelines.scan_plan import ScanRequest
from pipelines.scan_stage import ScanReport, scan_repositories
from warehouse.store.schema import REPOSITORY_FACTS

_SHOWN_FAILURES = 20


@dg.multi_asset(specs=raw_specs(REPOSITORY_FACTS, group="scan", deps=[table_key("raw.repository")]))
def repository_facts(
    context: dg.AssetExecutionContext, region: RegionResource, progress: dg.ResourceParam[Progress]
) -> Iterator[TableResult]:
    """Scan the repositories that changed and load what they hold."""
    limits = region.workspace.settings.scan_limits
    workers = region.workers or os.cpu_count() or 1
    maven = region.workspace.maven_repository
    request = ScanRequest(
        region.state, context.run.run_id, limits, workers, region.rescan, maven, tuple(region.only)
    )
    report = scan_repositories(region.warehouse(), region.observe().repositories, request, progress)
    for name in REPOSITORY_FACTS:
        loaded = report.rows.get(name, 0)
        yield table_result(region.warehouse(), name, rows_loaded=loaded, **_metadata(report))


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
