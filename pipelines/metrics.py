"""Numbers of the last run for Prometheus: a file for its node exporter's textfile collector, and a page."""

from contextlib import closing
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest, write_to_textfile

from pipelines.quality import check_coverage
from pipelines.run_summary import RunSummary, count_published
from warehouse.store.database import open_published

_FROM_TABLES = {
    "urgent_exposures": (
        "Exposures that have to be mended within two weeks.",
        "select count(*) from mart.risk_score where act_within_days <= 14 and not suppressed",
    ),
    "scans_partial": (
        "Scans that left something out.",
        "select count(*) from raw.repository_scan where status = 'partial'",
    ),
}


def published_metrics(published: Path) -> CollectorRegistry:
    """What the published copy holds.

    Raises:
        WarehouseError: nothing is published.
    """
    registry = CollectorRegistry()
    counts, failures = count_published(published)
    for name, count in counts.items():
        _gauge(registry, name, f"Number of {name} in the published answers.", count)
    _gauge(registry, "scans_failed", "Scans that stand as failed.", len(failures))
    with closing(open_published(published)) as con:
        share = check_coverage(con).facts["share"]
        for name, (text, query) in _FROM_TABLES.items():
            [(count,)] = con.execute(query).fetchall()
            _gauge(registry, name, text, count)
    if share is not None:
        _gauge(registry, "coverage_ratio", "Share of the repositories that all scanners have read.", share)
    at = published.stat().st_mtime
    _gauge(registry, "published_timestamp_seconds", "When the answers were published.", at)
    return registry


def as_text(registry: CollectorRegistry) -> bytes:
    """The numbers as Prometheus reads them."""
    return generate_latest(registry)


def write_run_metrics(path: Path, summary: RunSummary) -> None:
    """Replace the file with the numbers of a run that has ended and of what it published."""
    registry = published_metrics(summary.published)
    _gauge(registry, "run_seconds", "Wall time of the last run.", summary.seconds)
    _gauge(registry, "run_repositories_scanned", "Repositories that it scanned.", summary.scanned)
    _gauge(registry, "run_models_built", "Tables that it built anew.", summary.models_built)
    _gauge(registry, "run_check_errors", "Checks that found a fault.", len(summary.errors))
    _gauge(registry, "run_check_warnings", "Checks with something worth knowing.", len(summary.warnings))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)


def _gauge(registry: CollectorRegistry, name: str, text: str, value: float) -> None:
    Gauge(f"chainatlas_{name}", text, registry=registry).set(value)
