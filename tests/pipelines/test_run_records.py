"""How long Dagster keeps runs and ticks, and when it calls the answers stale, as its own daemons see it."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.scheduler.instigation import InstigatorTick
from dagster._core.test_utils import InProcessTestWorkspaceLoadTarget, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._daemon.freshness import FreshnessDaemon
from dagster._daemon.sensor import execute_sensor_iteration
from made_repositories import make_repository

from pipelines.dagster_home import prepare_dagster_home
from pipelines.quality import FRESH_HOURS
from pipelines.resources import RegionResource
from pipelines.run_records import KEPT_DAYS, forget_old_runs

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=KEPT_DAYS + 1)
OWN_WARNINGS = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""Dagster describes every schedule by an attribute of its own that it calls deprecated."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster with our dagster.yaml and nothing recorded yet."""
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_dagster_home(tmp_path / "dagster")))
    with dg.DagsterInstance.get() as instance:
        yield instance


@pytest.fixture
def daemon_context(instance: dg.DagsterInstance) -> Iterator[WorkspaceProcessContext]:
    """What Dagster's daemon sees of our definitions, without a process of their own."""
    origin = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="pipelines.definitions"))
    with WorkspaceProcessContext(instance, InProcessTestWorkspaceLoadTarget(origin)) as context:
        yield context


@dg.asset
def something(context: dg.AssetExecutionContext, region: RegionResource) -> None:
    print("what a run captures")  # noqa: T201


def run_once(instance: dg.DagsterInstance, target: Path) -> str:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    resources = {"region": RegionResource(target=str(target))}
    return dg.materialize([something], instance=instance, resources=resources, run_config=quiet).run_id


def kept(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def files_of(instance: dg.DagsterInstance, run_id: str) -> list[Path]:
    return [path for path in Path(instance.root_directory).rglob("*") if run_id in str(path)]


@pytest.mark.slow
def test_run_when_it_ends_then_runs_of_long_ago_are_forgotten_with_all_their_files(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    old = run_once(instance, tmp_path)
    with closing(sqlite3.connect(Path(instance.root_directory) / "history" / "runs.db")) as runs, runs:
        runs.execute("update runs set create_timestamp = ?", [LONG_AGO.strftime("%Y-%m-%d %H:%M:%S")])
    assert kept(instance) == {old}
    assert files_of(instance, old) != []
    new = run_once(instance, tmp_path)
    assert kept(instance) == {new}
    assert files_of(instance, old) == []
    assert files_of(instance, new) != []


@pytest.mark.slow
def test_run_when_it_is_younger_than_it_is_kept_for_then_stays(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    run = run_once(instance, tmp_path)
    assert forget_old_runs(instance, now=NOW + timedelta(days=KEPT_DAYS - 1)) == 0
    assert kept(instance) == {run}
    assert forget_old_runs(instance, now=NOW + timedelta(days=KEPT_DAYS + 1)) == 1
    assert kept(instance) == set()


@pytest.mark.slow
@OWN_WARNINGS
def test_ticks_when_they_are_old_then_the_daemon_removes_them(
    instance: dg.DagsterInstance,
    daemon_context: WorkspaceProcessContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_repository(tmp_path / "one" / "app")
    monkeypatch.setenv("CHAINATLAS_WORKSPACE", str(tmp_path))
    (location,) = daemon_context.create_request_context().code_locations
    (repository,) = location.get_repositories().values()
    sensor = repository.get_sensor("moved_heads")
    instance.start_sensor(sensor)

    def ticks_after_a_look(at: datetime) -> list[InstigatorTick]:
        with freeze_time(at):
            list(execute_sensor_iteration(daemon_context, logging.getLogger("ticks"), None, None))
        return list(instance.get_ticks(sensor.get_remote_origin_id(), sensor.selector_id))

    (first,) = ticks_after_a_look(LONG_AGO)
    assert len(ticks_after_a_look(LONG_AGO + timedelta(hours=2))) == 2
    last = ticks_after_a_look(NOW)
    assert len(last) == 1
    assert first.tick_id not in {tick.tick_id for tick in last}
    days = instance.get_tick_retention_settings(InstigatorType.SCHEDULE)
    assert set(days.values()) == {KEPT_DAYS}


@pytest.mark.slow
@OWN_WARNINGS
def test_published_when_nothing_was_published_for_too_long_then_the_daemon_calls_it_stale(
    instance: dg.DagsterInstance, daemon_context: WorkspaceProcessContext
) -> None:
    outputs = [dg.AssetKey("published"), dg.AssetKey("report")]

    def states(hours: float) -> set[FreshnessState]:
        with freeze_time(NOW + timedelta(hours=hours)):
            list(FreshnessDaemon().run_iteration(daemon_context))
        records = instance.get_freshness_state_records(outputs)
        return {records[key].freshness_state for key in outputs}

    assert FreshnessDaemon.daemon_type() in instance.get_required_daemon_types()
    assert states(0) == {FreshnessState.UNKNOWN}
    for key in outputs:
        instance.report_runless_asset_event(dg.AssetMaterialization(key))
    assert states(FRESH_HOURS - 1) == {FreshnessState.PASS}
    assert states(FRESH_HOURS + 1) == {FreshnessState.FAIL}
    with freeze_time(NOW + timedelta(hours=FRESH_HOURS + 1)):
        instance.report_runless_asset_event(dg.AssetMaterialization(outputs[0]))
    assert states(FRESH_HOURS + 2) == {FreshnessState.PASS, FreshnessState.FAIL}
