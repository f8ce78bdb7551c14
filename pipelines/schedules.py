"""When the pipeline runs by itself, under `chainatlas ui` or any other Dagster daemon."""

import dagster as dg

region_job = dg.define_asset_job("region", selection=dg.AssetSelection.all())

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=region_job,
    cron_schedule="30 2 * * *",
    description="Every night; switch it on in the UI.",
)
