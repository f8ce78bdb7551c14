"""Public events of archives."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.keys import TableResult, raw_specs, table_key, table_result
from pipelines.event_stage import refresh_events
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from warehouse.store.schema import EVENT_TABLES

_DEPS = [table_key("raw.repository"), table_key("raw.forge_repository")]


@dg.multi_asset(specs=raw_specs(EVENT_TABLES, group="forges", deps=_DEPS))
def events(region: RegionResource, progress: dg.ResourceParam[Progress]) -> Iterator[TableResult]:
    """Read the files of the archive folders that are new or changed."""
    folders, person_key = region.workspace.event_folders, region.state.person_key()
    files = refresh_events(region.warehouse(), folders, person_key, progress)
    for name in EVENT_TABLES:
        yield table_result(region.warehouse(), name, files_read=files)
