"""What Dagster is told: every table an asset with its lineage, checks on them, a schedule, nothing else."""

import ast
from contextlib import closing
from pathlib import Path
from time import time

import dagster as dg
import duckdb
import pytest
import yaml
from made_repositories import add_commits, make_repository

from pipelines import checks, definitions
from pipelines.definitions import defs, run_region
from pipelines.progress import LoggedProgress
from pipelines.resources import RegionResource
from pipelines.run_lock import hold_run_lock
from pipelines.schedules import moved_heads
from pipelines.state import StateFolder
from warehouse.errors import WarehouseError
from warehouse.runner import discover_models
from warehouse.store.database import open_database
from warehouse.store.schema import RAW_TABLES

ROOT = Path(__file__).parents[2]


def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_table_is_an_asset_beside_the_outputs() -> None:
    expected = {f"raw/{name}" for name in RAW_TABLES}
    expected |= {name.replace(".", "/") for name in discover_models()}
    assert set(specs()) == expected | {"published", "report"}


def test_assets_are_these() -> None:
    """A renamed asset loses its history in Dagster: rename here too, and say so in the release notes."""
    groups = {
        key: spec.group_name
        for key, spec in specs().items()
        if spec.group_name in ("crawl", "forges", "scan", "outputs")
    }
    assert groups == {
        "raw/enterprise": "crawl",
        "raw/crypto_algorithm": "crawl",
        "raw/crypto_effort": "crawl",
        "raw/crypto_library": "crawl",
        "raw/crypto_library_api": "crawl",
        "raw/crypto_replacement": "crawl",
        "raw/crypto_replacement_library": "crawl",
        "raw/crypto_rule": "crawl",
        "raw/enterprise_domain": "crawl",
        "raw/roster": "crawl",
        "raw/identity_statement": "crawl",
        "raw/undone_merge": "crawl",
        "raw/privacy_request": "crawl",
        "raw/vex_statement": "crawl",
        "raw/repository": "crawl",
        "raw/organization": "crawl",
        "raw/scoring": "crawl",
        "raw/taxonomy_file": "crawl",
        "raw/verdict_condition": "crawl",
        "raw/chain": "crawl",
        "raw/segment": "crawl",
        "raw/evidence_rule": "crawl",
        "raw/algorithm_rule": "crawl",
        "raw/alternative": "crawl",
        "raw/advisory_source": "crawl",
        "raw/advisory_rejection": "crawl",
        "raw/advisory": "crawl",
        "raw/advisory_package": "crawl",
        "raw/advisory_affected": "crawl",
        "raw/advisory_version": "crawl",
        "raw/kev": "crawl",
        "raw/epss": "crawl",
        "raw/vulnrichment": "crawl",
        "raw/end_of_life": "crawl",
        "raw/forge_repository": "forges",
        "raw/forge_repository_name": "forges",
        "raw/forge_repository_count": "forges",
        "raw/forge_account": "forges",
        "raw/issue": "forges",
        "raw/change_request": "forges",
        "raw/review": "forges",
        "raw/comment": "forges",
        "raw/release": "forges",
        "raw/forge_tag": "forges",
        "raw/forge_contributor": "forges",
        "raw/forge_crawl": "forges",
        "raw/forge_cursor": "forges",
        "raw/forge_etag": "forges",
        "raw/forge_rate_limit": "forges",
        "raw/mirror": "crawl",
        "raw/event_file": "forges",
        "raw/forge_event": "forges",
        "raw/package": "crawl",
        "raw/package_release": "crawl",
        "raw/repository_scan": "scan",
        "raw/component": "scan",
        "raw/dependency": "scan",
        "raw/declared_package": "scan",
        "raw/licence_file": "scan",
        "raw/unknown": "scan",
        "raw/platform_marker": "scan",
        "raw/snapshot": "scan",
        "raw/snapshot_component": "scan",
        "raw/entered_indicator": "crawl",
        "raw/crypto_occurrence": "scan",
        "raw/certificate": "scan",
        "raw/key_material": "scan",
        "raw/commit": "scan",
        "raw/commit_language": "scan",
        "raw/commit_folder": "scan",
        "raw/commit_trailer": "scan",
        "raw/identity": "scan",
        "raw/tag": "scan",
        "published": "outputs",
        "report": "outputs",
    }


def test_models_have_their_lineage_columns_and_description() -> None:
    found = specs()
    for name, model in discover_models().items():
        spec = found[name.replace(".", "/")]
        reads = {read.replace(".", "/") for read in model.reads if not read.startswith("meta.")}
        assert {dep.asset_key.to_user_string() for dep in spec.deps} == reads
        columns = spec.metadata["dagster/column_schema"].columns
        assert {column.name: column.description for column in columns} == dict(model.columns)
        assert spec.description == model.description


def test_each_model_can_be_made_alone() -> None:
    (models,) = [asset for asset in definitions.ASSETS if "models" in asset.node_def.name]
    assert models.can_subset


def test_keys_of_all_models_and_raw_tables_are_checked() -> None:
    assert {name: checks.KEYS[name] for name in discover_models()} == {
        name: model.key for name, model in discover_models().items()
    }
    for name, key in checks.KEYS.items():
        schema, _, table = name.partition(".")
        if schema == "raw":
            assert set(key) <= set(RAW_TABLES[table].schema.names)


def test_asset_functions_are_short() -> None:
    for path in (ROOT / "pipelines" / "assets").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                body = node.body[1:]
                assert body[-1].end_lineno - body[0].lineno < 15, f"{path}: {node.name}"  # type: ignore[operator]


def test_nightly_schedule_makes_everything_and_waits_to_be_switched_on() -> None:
    schedule = defs.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "30 2 * * *"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert len(defs.resolve_job_def("region").asset_layer.executable_asset_keys) == len(specs())


def test_instance_of_dagster_keeps_to_its_home_and_tells_nobody() -> None:
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text("utf-8"))
    assert settings["telemetry"] == {"enabled": False}
    assert settings["storage"]["sqlite"]["base_dir"] == {"env": "DAGSTER_HOME"}
    for name in ("local_artifact_storage", "compute_logs"):
        assert settings[name]["config"]["base_dir"] == {"env": "DAGSTER_HOME"}


def materialize(region: Path, selection: dg.AssetSelection) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [*definitions.ASSETS, *definitions.CHECKS],
            instance=instance,
            resources={"region": RegionResource(target=str(region)), "progress": LoggedProgress()},
            selection=selection,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def test_warehouse_of_a_run_takes_the_memory_that_the_workspace_grants(region: Path, tmp_path: Path) -> None:
    limit = "select current_setting('memory_limit')"
    text = (region / "workspace.toml").read_text("utf-8")
    state = tmp_path / "state"
    (region / "small.toml").write_text(f'state = "{state}"\n{text}\n[warehouse]\nmemory_bytes = 536870912\n')
    with RegionResource(target=str(region / "small.toml")).warehouse() as con:
        assert con.execute(limit).fetchall() == [("512.0 MiB",)]


def test_single_model_is_made_from_the_tables_that_are_there(region: Path) -> None:
    result = materialize(region, dg.AssetSelection.assets("mart/coverage"))
    assert result.success
    made = {
        event.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert made == {"mart/coverage"}


def test_checks_warn_of_what_became_less_by_a_publication(region: Path) -> None:
    state = StateFolder(region / ".chainatlas")
    issues = (
        "insert into raw.issue (forge, repository_id, number, state, observed_at)"
        " select 'f', 1, ? + n, ?, to_timestamp(?) from range(?) t(n)"
    )
    then, later = state.published.stat().st_mtime - 60, time() + 3600
    with closing(duckdb.connect(str(state.published))) as con:
        con.execute(issues, [0, "open", then, 1000])
        con.execute("update raw.repository_scan set status = 'succeeded'")
    with closing(open_database(state.warehouse)) as con:
        con.execute(issues, [0, "open", then, 100])
        con.execute(issues, [100, None, later, 100])
        con.execute("update raw.repository_scan set status = 'failed'")
    result = materialize(region, dg.AssetSelection.assets("published"))
    found = {
        check.check_name: (check.passed, check.severity, check.metadata["before and now"].value)
        for check in result.get_asset_check_evaluations()
        if check.check_name.endswith("_kept")
    }
    warned = (False, dg.AssetCheckSeverity.WARN)
    assert found["rows_kept"] == (*warned, {"raw.issue": [1000, 200]})
    assert found["coverage_kept"][:2] == warned
    assert found["forge_fields_kept"] == (*warned, {"f issue.state": [1.0, 0.0]})


def test_checks_fail_on_a_warehouse_that_was_spoilt(region: Path) -> None:
    warehouse = StateFolder(region / ".chainatlas").warehouse
    with closing(open_database(warehouse)) as con:
        con.execute("insert into raw.commit from raw.commit")
        con.execute("update raw.dependency set to_purl = 'pkg:npm/ghost@1'")
        con.execute("update raw.repository_scan set status = 'failed'")
        con.execute("update raw.repository set enterprise_id = 'ghost'")
    result = materialize(region, dg.AssetSelection.checks(*definitions.CHECKS))
    failed = {
        (check.asset_key.to_user_string(), check.check_name)
        for check in result.get_asset_check_evaluations()
        if not check.passed
    }
    assert failed >= {
        ("published", "keys_are_unique"),
        ("raw/dependency", "edges_end_at_components"),
        ("raw/repository", "repositories_have_owners"),
        ("raw/repository_scan", "coverage"),
        ("published", "freshness"),
    }


@pytest.mark.slow
def test_run_that_fails_leaves_the_published_answers_and_says_so(
    region: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFolder(region / ".chainatlas")
    before = state.published.read_bytes()

    def fail(*_: object) -> None:
        raise WarehouseError("the disk is full")

    monkeypatch.setattr("pipelines.resources.publish_warehouse", fail)
    with pytest.raises(WarehouseError, match="the disk is full"):
        run_region(region, LoggedProgress(), workers=1, with_report=False)
    assert state.published.read_bytes() == before
    with hold_run_lock(state), closing(open_database(state.warehouse)) as con:
        runs = con.execute("select status, error from meta.run order by started_at").fetchall()
    assert runs[-1] == ("failed", "the disk is full")


def test_sensor_when_a_head_moves_then_asks_for_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(tmp_path / "one" / "app")
    monkeypatch.setenv("CHAINATLAS_WORKSPACE", str(tmp_path))

    def look(cursor: str | None) -> tuple[list[str | None], str | None]:
        context = dg.build_sensor_context(cursor=cursor)
        told = moved_heads(context)
        if isinstance(told, dg.SkipReason):
            return [], cursor
        assert isinstance(told, dg.SensorResult)
        return [request.run_key for request in told.run_requests or ()], told.cursor

    first, seen = look(None)
    assert first == [seen]
    assert look(seen) == ([], seen)
    add_commits(tmp_path / "one" / "app", [{"new.txt": "1"}], first=7)
    second, now = look(seen)
    assert second == [now]
    assert now != seen
    make_repository(tmp_path / "two" / "lib")
    assert look(now)[0] != []
    (tmp_path / "workspace.toml").write_text("[region]\nmoon = 1\n")
    skipped = moved_heads(dg.build_sensor_context(cursor=now))
    assert isinstance(skipped, dg.SkipReason)
    assert "moon" in (skipped.skip_message or "")
