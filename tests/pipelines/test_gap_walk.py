"""Every number opens its evidence: from each cell of the demo's chain marts down to file and line."""

import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from examples.build import build_sample_region
from pipelines.cli import main
from warehouse import models
from warehouse.runner import discover_models
from warehouse.store.database import open_published

pytestmark = pytest.mark.slow

Opener = Callable[[str, str], list[str]]
EMPTY_IN_DEMO = {"first_version", "harmony_use"}
"""The sample region has no tags and no mobile applications."""

_DATA = yaml.safe_load((Path(__file__).parent.parent / "fixtures" / "chain_walks.yaml").read_text("utf-8"))
VIEWS, PLACES, WALKS = _DATA["views"], _DATA["places"], _DATA["walks"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walk")
    build_sample_region(folder)
    result = CliRunner().invoke(main, ["run", str(folder), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def con(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(demo / ".chainatlas" / "published" / "chainatlas.duckdb") as con:
        for name, query in VIEWS.items():
            con.execute(f"create temp view {name} as {query}")
        yield con


@pytest.fixture(scope="module")
def opened(demo: Path, con: duckdb.DuckDBPyConnection) -> Opener:
    """Opens a file of a repository at the commit that was read, as lines."""
    places = {
        row["repo_id"]: (demo / row["location"], row["head_sha"])
        for row in _rows(con, "select * from core.repository where head_sha is not null")
    }

    @cache
    def lines(repo_id: str, path: str) -> list[str]:
        folder, sha = places[repo_id]
        shown = subprocess.run(
            ["git", "--git-dir", str(folder), "show", f"{sha}:{path}"],
            capture_output=True,
            text=True,
            check=True,
        )
        return shown.stdout.splitlines()

    return lines


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return con.sql(query).to_arrow_table().to_pylist()


@pytest.mark.parametrize("mart", sorted(WALKS))
def test_each_cell_of_a_mart_when_its_evidence_is_counted_again_then_is_the_same(
    con: duckdb.DuckDBPyConnection, mart: str
) -> None:
    assert _rows(con, f"select count(*) as rows from mart.{mart}")[0]["rows"] > 0 or mart in EMPTY_IN_DEMO
    assert _rows(con, WALKS[mart]) == []


def test_walks_when_compared_with_the_models_then_no_mart_of_the_chains_is_left_out() -> None:
    folder = Path(models.__file__).parent / "chain"
    readers = {name for name, model in discover_models().items() if model.path.parent == folder}
    assert {f"mart.{mart}" for mart in WALKS} == readers


@pytest.mark.parametrize("mart", sorted(PLACES))
def test_each_place_of_a_mart_when_opened_then_the_line_is_there(
    con: duckdb.DuckDBPyConnection, opened: Opener, mart: str
) -> None:
    repo_id, path, line = PLACES[mart]
    for row in _rows(
        con, f"select distinct {repo_id} as repo_id, {path} as path, {line} as line from mart.{mart}"
    ):
        if row["repo_id"] is not None:
            assert len(opened(row["repo_id"], row["path"])) >= (row["line"] or 0), row


def test_each_row_of_evidence_when_opened_then_file_and_line_hold_what_it_says(
    con: duckdb.DuckDBPyConnection, opened: Opener
) -> None:
    count = 0
    for row in _rows(con, "from mart.gap_evidence"):
        if row["repo_id"] is None:
            assert row["rule_source"], row
            continue
        text = opened(row["repo_id"], row["path"])
        spelled = " algorithm " not in (row["rule_id"] or "")  # code spells algorithms in its own ways
        if row["line"] is not None and row["terms"] != ["adaptation"] and spelled:
            name = row["object"].split("/")[-1].split("@")[0]
            near = "\n".join(text[max(0, row["line"] - 1) : row["line"] + 6])
            assert name.lower().replace(" ", "-") in near.lower().replace(" ", "-"), row
            count += 1
    assert count > 100


def test_each_rule_when_cited_then_its_line_in_the_taxonomy_names_the_package(
    demo: Path, con: duckdb.DuckDBPyConnection
) -> None:
    folders = {"taxonomy": demo / "taxonomy"}
    packaged = Path(__file__).parent.parent.parent / "taxonomy"
    for row in _rows(
        con, "select distinct rule_id, rule_source from mart.gap_evidence where rule_id is not null"
    ):
        if row["rule_source"] is None:
            continue  # a keyword or topic of the segment
        place, _, line = row["rule_source"].rpartition(":")
        folder, _, file = place.partition("/")
        candidates = [path for path in (packaged / file, folders[folder] / file) if path.is_file()]
        purl = row["rule_id"].split(" ")[-1]
        assert any(purl in path.read_text("utf-8").splitlines()[int(line) - 1] for path in candidates), row


def test_demo_when_judged_then_shows_each_kind_of_verdict(con: duckdb.DuckDBPyConnection) -> None:
    held = {verdict for gap in _rows(con, "from mart.segment_gap") for verdict in gap["verdicts"]}
    assert held >= {"choke", "missing", "blocked", "weak", "sound"}
