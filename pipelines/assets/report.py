"""What readers open: the published copy of the warehouse, and the static page made from it."""

from datetime import timedelta

import dagster as dg

from pipelines.assets.keys import TableResult, table_key
from pipelines.assets.models import MODELS
from pipelines.quality import FRESH_HOURS
from pipelines.report_stage import refresh_report
from pipelines.resources import RegionResource

_FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=FRESH_HOURS))


@dg.asset(
    deps=[table_key(name) for name in MODELS],
    group_name="outputs",
    kinds={"duckdb"},
    freshness_policy=_FRESH,
)
def published(region: RegionResource) -> TableResult:
    """Replace the read-only copy that reports and queries open."""
    region.publish()
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(region.state.published),
            "bytes": region.state.published.stat().st_size,
        }
    )


@dg.asset(deps=[published], group_name="outputs", kinds={"html"}, freshness_policy=_FRESH)
def report(region: RegionResource) -> TableResult:
    """Write the page anew if the answers changed."""
    region.give_back_memory()
    path, changed = refresh_report(region.state, region.workspace.settings.warehouse.memory_bytes)
    return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(path), "changed": changed})
