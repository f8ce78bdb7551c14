"""The advisories in force."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.advisory_stage import refresh_advisories
from pipelines.assets.keys import TableResult, raw_specs, table_result
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from warehouse.store.schema import ADVISORY_TABLES


# Before the others of its level: a damaged file should not show after an hour of scanning.
@dg.multi_asset(specs=raw_specs(ADVISORY_TABLES, group="crawl"), op_tags={"dagster/priority": "1"})
def advisories(region: RegionResource, progress: dg.ResourceParam[Progress]) -> Iterator[TableResult]:
    """Read the advisories and what else is known of vulnerabilities, if their files changed."""
    folders = [*region.workspace.advisory_folders, *filter(Path.is_dir, [region.state.advisories])]
    changed = refresh_advisories(region.warehouse(), folders, progress)
    for name in ADVISORY_TABLES:
        yield table_result(region.warehouse(), name, changed=name in changed)
