"""When the pipeline runs by itself, under `chainatlas ui` or any other Dagster daemon."""

import hashlib
import os
from pathlib import Path

import dagster as dg

from pipelines import WORKSPACE_VARIABLE
from pipelines.crawl.local import observe_repositories
from pipelines.discovery import open_workspace
from pipelines.errors import PipelineError

HOUR = 3600
region_job = dg.define_asset_job("region", selection=dg.AssetSelection.all())

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=region_job,
    cron_schedule="30 2 * * *",
    description="Every night; switch it on in the UI.",
)


@dg.sensor(
    job=region_job,
    minimum_interval_seconds=HOUR,
    description="Every hour, if a HEAD of the workspace has moved or its list of repositories changed; "
    "switch it on in the UI.",
)
def moved_heads(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when what the repositories stand at differs from the last look."""
    try:
        observed = observe_repositories(
            open_workspace(Path(os.environ.get(WORKSPACE_VARIABLE) or ".").absolute())
        )
    except PipelineError as error:
        return dg.SkipReason(str(error))
    stand = hashlib.sha256(
        repr([(r.repo_id, r.head_sha) for r in observed.repositories]).encode()
    ).hexdigest()
    if stand == context.cursor:
        return dg.SkipReason(f"no HEAD of {len(observed.repositories)} repositories has moved")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=stand)], cursor=stand)
