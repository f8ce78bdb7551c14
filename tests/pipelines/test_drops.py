"""What became less between two publications is told: rows, coverage, fields of forges."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import time

import pytest
from duckdb import DuckDBPyConnection

from pipelines.drops import LEAST_ROWS, NOTHING, find_drops
from warehouse.store.database import open_database
from warehouse.store.publish import publish_warehouse

ROWS = 2 * LEAST_ROWS


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    """Repositories that were all scanned, and issues that have authors, published."""
    with closing(open_database(tmp_path / "warehouse.duckdb")) as con:
        con.execute(
            "insert into raw.repository (repo_id, kind) select 'r' || n, 'bom' from range(?) t(n)",
            [ROWS],
        )
        con.execute(
            "insert into raw.repository_scan (repo_id, scanner, status)"
            " select repo_id, 'sbom', 'succeeded' from raw.repository"
        )
        con.execute(
            "insert into raw.issue (forge, repository_id, number, state, observed_at)"
            " select 'f', 1, n, 'open', timestamptz '2026-01-01' from range(?) t(n)",
            [ROWS],
        )
        publish_warehouse(con, tmp_path / "published.duckdb")
        yield con


def test_drops_when_nothing_is_published_or_nothing_fell_then_there_are_none(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    assert find_drops(con, tmp_path / "none.duckdb") == NOTHING
    assert find_drops(con, tmp_path / "published.duckdb") == NOTHING


def test_drops_when_a_table_lost_rows_and_scans_failed_then_both_are_told(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("delete from raw.issue where number::integer >= 20")
    con.execute("update raw.repository_scan set status = 'failed' where repo_id < 'r4'")
    drops = find_drops(con, tmp_path / "published.duckdb")
    assert drops.rows == {"raw.issue": (ROWS, 20)}
    assert drops.coverage is not None
    assert drops.coverage[0] == 1
    assert drops.coverage[1] < 0.9


def test_drops_when_new_rows_of_a_forge_lack_a_field_then_it_is_told(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute(
        "insert into raw.issue (forge, repository_id, number, observed_at)"
        " select 'f', 1, 1000 + n, to_timestamp(?) from range(?) t(n)",
        [time() + 60, LEAST_ROWS],
    )
    assert find_drops(con, tmp_path / "published.duckdb").fields == {"f issue.state": (1.0, 0.0)}
