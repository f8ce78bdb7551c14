"""What the workspace says: enterprises and repositories as they stand now, and the taxonomy."""

from collections.abc import Iterator

import dagster as dg
import pyarrow as pa

from pipelines.assets.keys import TableResult, raw_specs, table_result
from pipelines.crawl.local import Observation, mirror_records
from pipelines.progress import Progress
from pipelines.resources import RegionResource
from pipelines.taxonomy_stage import refresh_taxonomy
from pipelines.workspace_tables import keep_observation_times, workspace_tables
from sbom.crypto.policy import load_policies
from warehouse.store.load import replace_table
from warehouse.store.privacy import check_key
from warehouse.store.schema import PRIVACY_TABLES, TAXONOMY_TABLES, WORKSPACE_TABLES


@dg.multi_asset(specs=raw_specs(WORKSPACE_TABLES + PRIVACY_TABLES, group="crawl"))
def workspace(
    context: dg.AssetExecutionContext, region: RegionResource, progress: dg.ResourceParam[Progress]
) -> Iterator[TableResult]:
    """Read the workspace and observe where the HEADs of its repositories stand."""
    region.begin_run(context.run.run_id)
    observation = region.observe()
    for text in (*region.workspace.guesses, *observation.warnings):
        progress.note(text)
    tables = _workspace_tables(region, observation)
    tables["repository"] = keep_observation_times(region.warehouse(), tables["repository"])
    for name, table in tables.items():
        changed = replace_table(region.warehouse(), name, table)
        yield table_result(region.warehouse(), name, changed=changed)
    for name in PRIVACY_TABLES:
        yield table_result(region.warehouse(), name)


def _workspace_tables(region: RegionResource, observation: Observation) -> dict[str, pa.Table]:
    workspace, person_key = region.workspace, region.state.person_key()
    check_key(region.warehouse(), person_key)
    return workspace_tables(
        workspace.settings,
        observation.repositories,
        person_key,
        workspace.vex_files,
        load_policies(workspace.crypto_policy_folders),
        mirrors=mirror_records(workspace),
    )


# Before the others of its level: a mistake in the taxonomy should not show after an hour of scanning.
@dg.multi_asset(specs=raw_specs(TAXONOMY_TABLES, group="crawl"), op_tags={"dagster/priority": "1"})
def taxonomy(region: RegionResource) -> Iterator[TableResult]:
    """Read the industry chains, their segments and evidence rules, if their files changed."""
    changed = refresh_taxonomy(region.warehouse(), region.workspace.taxonomy_folders)
    for name in TAXONOMY_TABLES:
        yield table_result(region.warehouse(), name, changed=name in changed)
