"""A broken state folder is mended as far as it can be, and nothing is thrown away."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.diagnosis import diagnose
from pipelines.errors import PipelineError
from pipelines.repair import repair_state
from pipelines.state import StateFolder
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database, open_published

pytestmark = pytest.mark.slow


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    """A state whose warehouse holds one table, published."""
    state = StateFolder(tmp_path / ".chainatlas")
    state.prepare()
    state.person_key()
    models = discover_models(wanted=["core.package_key"])
    with closing(open_database(state.warehouse)) as con:
        context = ModelContext(date(2026, 1, 1), b"key")
        assert {build.status for build in build_models(con, context, list(models), models=models)} == {
            "built"
        }
    state.report.mkdir()
    (state.report / "index.html").write_text("pages")
    repair_state(state)
    return state


def names(state: StateFolder) -> list[str]:
    return [repair.name for repair in repair_state(state)]


def told(state: StateFolder) -> set[str]:
    """What `chainatlas doctor` says that something is wrong with, besides what is only missing."""
    return {found.name for found in diagnose(state.path.parent) if found.status == "fault"} | {
        found.name for found in diagnose(state.path.parent) if found.name == "leftovers"
    }


def test_state_when_it_is_whole_then_nothing_is_done(state: StateFolder) -> None:
    assert told(state) <= {"published"}  # of one table, whose counts are not there
    assert names(state) == []


def test_state_when_damaged_in_several_ways_then_doctor_names_each_and_what_it_could_not_mend(
    state: StateFolder,
) -> None:
    (state.path / "secret.key").write_text("damaged")
    (state.shards / "run" / ".half.sbom.1a2b").mkdir(parents=True)
    (state.dagster / "history").mkdir(parents=True)
    (state.dagster / "history" / "runs.db").write_bytes(b"not sqlite at all, by no means" * 100)
    state.published.write_bytes(b"")
    assert told(state) == {"key", "leftovers", "dagster", "published"}
    said = CliRunner().invoke(main, ["doctor", str(state.path.parent), "--repair"])
    assert said.exit_code == 1
    assert "not repaired: key: " in said.output
    assert "repaired leftovers: removed 1" in said.output
    assert told(state) - {"published"} == {"key"}


def test_published_when_lost_or_damaged_then_is_made_from_the_warehouse(state: StateFolder) -> None:
    state.published.unlink()
    assert names(state) == ["published"]
    state.published.write_bytes(b"not a database" * 1000)
    assert names(state) == ["published", "published"]
    with closing(open_published(state.published)) as con:
        assert con.execute("from core.package_key").fetchall() == []
    assert [path.read_bytes()[:3] for path in state.published.parent.glob("*.broken-*")] == [b"not"]


def test_warehouse_when_damaged_then_is_moved_aside_and_what_is_published_stays(state: StateFolder) -> None:
    state.warehouse.write_bytes(b"not a database" * 1000)
    assert names(state) == ["warehouse"]
    assert not state.warehouse.exists()
    assert len(list(state.path.glob("warehouse.duckdb.broken-*"))) == 1
    open_published(state.published).close()
    assert names(state) == []


def test_warehouse_when_a_block_in_its_middle_is_damaged_then_is_found_and_moved_aside(
    state: StateFolder,
) -> None:
    with closing(open_database(state.warehouse)) as con:
        con.execute("create table raw.filler as select hash(n) as n from range(300_000) t(n)")
    content = bytearray(state.warehouse.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 1000] = bytes(1000)
    state.warehouse.write_bytes(content)
    open_database(state.warehouse).close()
    assert told(state) >= {"warehouse"}
    assert names(state) == ["warehouse"]
    assert not state.warehouse.exists()


def test_leftovers_when_processes_were_killed_then_half_files_go_and_whole_shards_stay(
    state: StateFolder,
) -> None:
    half, whole = state.shards / "run" / ".half.sbom.1a2b", state.shards / "run" / "whole.sbom"
    for folder in (half, whole):
        folder.mkdir(parents=True)
        (folder / "shard.json").write_text("{}")
    (state.path / "warehouse.duckdb.tmp-999999").write_text("half")
    assert names(state) == ["leftovers"]
    assert not half.exists()
    assert (whole / "shard.json").exists()
    assert list(state.path.glob("*.tmp-*")) == []


def test_key_when_lost_or_damaged_then_it_is_told_and_none_is_made(state: StateFolder) -> None:
    key = state.path / "secret.key"
    key.write_text("damaged")
    assert names(state) == ["key"]
    assert key.read_text() == "damaged"
    key.unlink()
    assert names(state) == ["key"]
    assert not key.exists()


def test_dagster_when_its_record_is_damaged_then_is_moved_aside(state: StateFolder) -> None:
    (state.dagster / "history").mkdir(parents=True)
    (state.dagster / "history" / "runs.db").write_bytes(b"not sqlite at all, by no means" * 100)
    assert names(state) == ["dagster"]
    assert not state.dagster.exists()


def test_state_when_there_is_none_then_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="there is no state"):
        repair_state(StateFolder(tmp_path / "none"))
