"""Every number in a verdict opens its evidence: from each cell of the demo's gaps down to file and line."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from examples.build import build_sample_region
from pipelines.cli import main
from warehouse.store.database import open_published

pytestmark = pytest.mark.slow

TERMS_OF = {
    "users": "demand",
    "reach": "demand",
    "demand": "demand",
    "foreign": "upstream",
    "hhi": "upstream",
    "dominance": "upstream",
    "suppliers": "supply",
    "supply_total": "supply",
    "supply": "supply",
    "alternatives": "substitution",
    "adoption": "substitution",
    "resilience": "resilience",
    "people": "talent",
    "talent": "talent",
}
"""Which term's rows a measure of `mart.segment_gap` rests on."""
ZERO_MEANS_NOTHING_FOUND = set(TERMS_OF) - {"resilience"}


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
        yield con


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return con.sql(query).to_arrow_table().to_pylist()


def test_each_cell_of_a_gap_when_it_says_something_then_has_rows_of_evidence(
    con: duckdb.DuckDBPyConnection,
) -> None:
    evidence = {
        (row["segment_id"], term)
        for row in _rows(con, "select distinct segment_id, terms from mart.gap_evidence")
        for term in row["terms"]
    }
    [searched] = _rows(con, "select count(*) as repositories from core.repository where is_observed")
    walked = 0
    for gap in _rows(con, "from mart.segment_gap"):
        for measure, term in TERMS_OF.items():
            if gap[measure] is None:
                continue
            if gap[measure] == 0 and measure in ZERO_MEANS_NOTHING_FOUND:
                assert searched["repositories"] > 0
            else:
                assert (gap["segment_id"], term) in evidence, (gap["segment_id"], measure)
                walked += 1
    assert walked > 200


def test_each_count_when_its_evidence_is_counted_then_is_the_same(con: duckdb.DuckDBPyConnection) -> None:
    counted = {
        row["segment_id"]: row
        for row in _rows(
            con,
            """
            select
                segment_id,
                count(distinct enterprise_id) filter (where list_contains(terms, 'demand')) as users,
                count(distinct enterprise_id) filter (where list_contains(terms, 'supply') and weight > 0)
                    as suppliers,
                count(distinct person_id) as people,
                count(distinct alternative) filter (where repo_id is null) as listed
            from mart.gap_evidence
            group by segment_id
            """,
        )
    }
    for gap in _rows(con, "from mart.segment_gap"):
        found = counted.get(gap["segment_id"], {"users": 0, "suppliers": 0, "people": 0, "listed": 0})
        assert (gap["users"], gap["suppliers"]) == (found["users"], found["suppliers"]), gap["segment_id"]
        assert gap["people"] in (None, found["people"])
        assert gap["alternatives"] <= found["listed"]


def test_each_row_of_evidence_when_opened_then_file_and_line_hold_what_it_says(
    demo: Path, con: duckdb.DuckDBPyConnection
) -> None:
    places = {
        row["repo_id"]: demo / row["location"]
        for row in _rows(con, "select repo_id, location from core.repository where head_sha is not null")
    }

    @cache
    def lines(repo_id: str, sha: str, path: str) -> list[str]:
        shown = subprocess.run(
            ["git", "--git-dir", str(places[repo_id]), "show", f"{sha}:{path}"],
            capture_output=True,
            text=True,
            check=True,
        )
        return shown.stdout.splitlines()

    opened = 0
    for row in _rows(con, "from mart.gap_evidence"):
        if row["repo_id"] is None:
            assert row["rule_source"], row
            continue
        text = lines(row["repo_id"], row["head_sha"], row["path"])
        if row["line"] is not None:
            name = row["object"].split("/")[-1].split("@")[0]
            near = "\n".join(text[max(0, row["line"] - 1) : row["line"] + 6])
            assert name.lower().replace(" ", "-") in near.lower().replace(" ", "-"), row
            opened += 1
    assert opened > 100


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
        purl = row["rule_id"].split(" ")[1]
        assert any(purl in path.read_text("utf-8").splitlines()[int(line) - 1] for path in candidates), row


def test_demo_when_judged_then_shows_each_kind_of_verdict(con: duckdb.DuckDBPyConnection) -> None:
    held = {verdict for gap in _rows(con, "from mart.segment_gap") for verdict in gap["verdicts"]}
    assert held >= {"choke", "missing", "blocked", "weak", "sound"}
