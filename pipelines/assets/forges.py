"""What forges tell of the repositories of the workspace."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.forge_stage import CrawlRequest, crawl_forges, describe_gaps
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from warehouse.store.schema import FORGE_TABLES


@dg.multi_asset(specs=raw_specs(FORGE_TABLES, group="forges", deps=[table_key("raw.repository")]))
def forges(region: RegionResource, progress: dg.ResourceParam[Progress]) -> Iterator[TableResult]:
    """Ask the forges that the workspace names for what is new; what cannot be asked is skipped and told."""
    repositories = region.observe().repositories
    request = CrawlRequest(region.workspace, repositories, region.state.person_key())
    outcomes = crawl_forges(region.warehouse(), request, progress)
    for text in describe_gaps(outcomes):
        progress.note(text)
    endings = dict(Counter(outcome.status for outcome in outcomes))
    for name in FORGE_TABLES:
        yield table_result(region.warehouse(), name, endings=endings)
