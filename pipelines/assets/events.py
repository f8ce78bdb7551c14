"""Public events of archives."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.event_stage import refresh_events
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from pipelines.webhook_stage import refresh_webhooks
from warehouse.store.schema import EVENT_TABLES

_DEPS = [table_key("raw.repository"), table_key("raw.forge_repository")]


@dg.multi_asset(specs=raw_specs(EVENT_TABLES, group="forges", deps=_DEPS))
def events(region: RegionResource, progress: dg.ResourceParam[Progress]) -> Iterator[TableResult]:
    """Read the archive files and webhook payloads that are new or changed."""
    con, workspace, person_key = region.warehouse(), region.workspace, region.state.person_key()
    files = refresh_events(con, workspace.event_folders, person_key, progress)
    files += refresh_webhooks(con, workspace.webhook_folders, person_key, progress)
    for name in EVENT_TABLES:
        yield table_result(region.warehouse(), name, files_read=files)
