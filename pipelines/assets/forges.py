"""What forges tell of the repositories of the workspace."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.resources import RegionResource
from warehouse.store.schema import FORGE_TABLES


@dg.multi_asset(specs=raw_specs(FORGE_TABLES, group="forges", deps=[table_key("raw.repository")]))
def forges(region: RegionResource) -> Iterator[TableResult]:
    """Issues, change requests, reviews, comments, releases and accounts, as far as they were crawled."""
    for name in FORGE_TABLES:
        yield table_result(region.warehouse(), name)
