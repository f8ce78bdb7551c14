"""Asset checks: what `pipelines.quality` asks of the tables, attached to the assets it is about.

A failed check does not stop a run; it is shown beside the asset and in the summary of `chainatlas run`.
"""

from datetime import UTC, datetime

import dagster as dg

from pipelines import quality
from pipelines.assets.keys import table_key
from pipelines.assets.models import MODELS
from pipelines.assets.report import published
from pipelines.resources import RegionResource

KEYS = {f"raw.{name}": key for name, key in quality.RAW_KEYS.items()} | {
    name: model.key for name, model in MODELS.items()
}


@dg.asset_check(asset=published, description="No table holds two rows of the same key.")
def keys_are_unique(region: RegionResource) -> dg.AssetCheckResult:
    """One check for all tables: Dagster needs longer to record forty than DuckDB to make them."""
    return _result(quality.check_keys(region.warehouse(), KEYS))


@dg.asset_check(asset=table_key("raw.dependency"), description="Both ends of every edge are known packages.")
def edges_end_at_components(region: RegionResource) -> dg.AssetCheckResult:
    return _result(quality.check_edges(region.warehouse()))


@dg.asset_check(asset=table_key("raw.repository"), description="Owners and facts belong together.")
def repositories_have_owners(region: RegionResource) -> dg.AssetCheckResult:
    return _result(quality.check_owners(region.warehouse()))


@dg.asset_check(asset=table_key("raw.repository_scan"), description="Nearly all repositories were scanned.")
def coverage(region: RegionResource) -> dg.AssetCheckResult:
    return _result(quality.check_coverage(region.warehouse()), severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(asset=published, description="The answers are of the present HEADs and of the last day.")
def freshness(region: RegionResource) -> dg.AssetCheckResult:
    path = region.state.published
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None
    finding = quality.check_freshness(region.warehouse(), at, datetime.now(UTC))
    return _result(finding, severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(asset=published, description="No table has lost many rows since the publication before.")
def rows_kept(region: RegionResource) -> dg.AssetCheckResult:
    finding = quality.Finding(not region.drops.rows, {"before and now": dict(region.drops.rows)})
    return _result(finding, severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(asset=published, description="As many repositories are scanned as at the publication before.")
def coverage_kept(region: RegionResource) -> dg.AssetCheckResult:
    before_and_now = list(region.drops.coverage or ())
    finding = quality.Finding(not before_and_now, {"before and now": before_and_now})
    return _result(finding, severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(asset=published, description="Forges still tell the fields that they told before.")
def forge_fields_kept(region: RegionResource) -> dg.AssetCheckResult:
    finding = quality.Finding(not region.drops.fields, {"before and now": dict(region.drops.fields)})
    return _result(finding, severity=dg.AssetCheckSeverity.WARN)


CHECKS = [
    keys_are_unique,
    edges_end_at_components,
    repositories_have_owners,
    coverage,
    freshness,
    rows_kept,
    coverage_kept,
    forge_fields_kept,
]


def _result(
    finding: quality.Finding, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=finding.passed, severity=severity, metadata=dict(finding.facts))
