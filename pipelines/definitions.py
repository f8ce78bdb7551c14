"""All that Dagster knows of chainatlas: `chainatlas run` and `chainatlas ui` use the same definitions."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import dagster as dg

from pipelines import WORKSPACE_VARIABLE
from pipelines.assets.advisories import advisories
from pipelines.assets.crawl import taxonomy, workspace
from pipelines.assets.events import events
from pipelines.assets.forges import forges
from pipelines.assets.models import models
from pipelines.assets.registries import registries
from pipelines.assets.report import published, report
from pipelines.assets.scan import repository_facts
from pipelines.checks import CHECKS
from pipelines.dagster_home import prepare_dagster_home
from pipelines.errors import PipelineError
from pipelines.progress import LoggedProgress, Progress
from pipelines.resources import RegionResource
from pipelines.run import RunOptions
from pipelines.run_summary import FailedCheck
from pipelines.schedules import moved_heads, nightly, region_job

ASSETS = [
    workspace,
    taxonomy,
    advisories,
    registries,
    forges,
    events,
    repository_facts,
    models,
    published,
    report,
]
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[region_job],
    schedules=[nightly],
    sensors=[moved_heads],
    resources={"region": RegionResource(target=dg.EnvVar(WORKSPACE_VARIABLE)), "progress": LoggedProgress()},
    executor=dg.in_process_executor,
)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did, without Dagster's types."""

    scanned: int
    unchanged: int
    left_out: int
    resumed: int
    rebuilt: Mapping[str, int]
    """Milliseconds by model that was rebuilt in full; the slowest first."""
    renewed: Mapping[str, int]
    """Milliseconds by model that was built for the repositories that changed; the slowest first."""
    models_unchanged: int
    errors: tuple[FailedCheck, ...]
    """Checks that found a fault."""
    warnings: tuple[FailedCheck, ...]


def run_region(
    target: Path, progress: Progress, *, with_report: bool = True, **options: Unpack[RunOptions]
) -> RunResult:
    """Materialise all assets in this process; Dagster's record is kept if DAGSTER_HOME is set.

    Raises:
        PipelineError: another run is on, or a model could not be built.
        WarehouseError, ReportError: the tables or the page could not be written.
        KeyboardInterrupt: the user stopped the run; the next one goes on.
    """
    region = RegionResource(target=str(target), **options)
    with _instance() as instance:
        try:
            result = dg.materialize(
                [*(ASSETS if with_report else ASSETS[:-1]), *CHECKS],
                instance=instance,
                resources={"region": region, "progress": progress},
                run_config=_QUIET,
            )
        except dg.Failure as failure:
            raise PipelineError(failure.description) from failure
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
    return _summary(result)


def _instance() -> dg.DagsterInstance:
    """The instance in DAGSTER_HOME, with our settings if it has none, or one that ends with this run."""
    home = os.environ.get("DAGSTER_HOME")
    if not home:
        return dg.DagsterInstance.ephemeral()
    if not (Path(home) / "dagster.yaml").exists():
        prepare_dagster_home(Path(home))
    return dg.DagsterInstance.get()


def _summary(result: dg.ExecuteInProcessResult) -> RunResult:
    metadata: dict[str, dict[str, Any]] = {}
    for event in result.get_asset_materialization_events():
        values = event.step_materialization_data.materialization.metadata
        key = event.asset_key.to_user_string() if event.asset_key is not None else ""
        metadata[key] = {name: value.value for name, value in values.items()}
    statuses = [values["status"] for values in metadata.values() if "status" in values]
    slowest = sorted(
        (-values["wall_ms"], key.replace("/", "."), "repositories_renewed" in values)
        for key, values in metadata.items()
        if values.get("status") == "built"
    )
    scan = metadata["raw/repository_scan"]
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    return RunResult(
        scanned=scan["scanned"],
        unchanged=scan["unchanged"],
        left_out=scan["left_out"],
        resumed=scan["resumed"],
        rebuilt={name: -wall for wall, name, is_part in slowest if not is_part},
        renewed={name: -wall for wall, name, is_part in slowest if is_part},
        models_unchanged=statuses.count("unchanged"),
        errors=tuple(_finding(c) for c in failed if c.severity == dg.AssetCheckSeverity.ERROR),
        warnings=tuple(_finding(c) for c in failed if c.severity == dg.AssetCheckSeverity.WARN),
    )


def _finding(check: dg.AssetCheckEvaluation) -> FailedCheck:
    facts = {name: value.value for name, value in check.metadata.items()}
    return FailedCheck(check.asset_key.to_user_string(), check.check_name, facts)
