"""What package registries say."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_result
from pipelines.progress import Progress
from pipelines.registry_stage import refresh_registries
from pipelines.resources import RegionResource
from warehouse.store.schema import REGISTRY_TABLES


@dg.multi_asset(specs=raw_specs(REGISTRY_TABLES, group="crawl"))
def registries(region: RegionResource, progress: dg.ResourceParam[Progress]) -> Iterator[TableResult]:
    """Read what registries said of the packages, if they were asked since the last time."""
    changed = refresh_registries(region.warehouse(), region.state.registries, progress)
    for name in REGISTRY_TABLES:
        yield table_result(region.warehouse(), name, changed=name in changed)
