"""Rows of forges take the place of earlier ones by key, in the caller's transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.database import transaction
from warehouse.store.schema import FORGE_DETAILS, FORGE_KEYS, FORGE_TABLES, RAW_TABLES
from warehouse.store.upsert import upsert_rows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def rows(name: str, *values: dict[str, Any]) -> dict[str, pa.Table]:
    given = {"forge": "forge.example", "repository_id": 7, "parser": "test", "parser_version": "1"}
    schema = RAW_TABLES[name].schema
    known = [{k: v for k, v in (given | value).items() if k in schema.names} for value in values]
    return {name: pa.Table.from_pylist(known, schema)}


def issue(number: str, **facts: Any) -> dict[str, Any]:
    return {"number": number, "title": "t", "updated_at": NOON, "observed_at": NOON} | facts


def stored(con: DuckDBPyConnection, name: str, *columns: str) -> list[tuple[Any, ...]]:
    return con.sql(f"select {', '.join(columns)} from raw.{name} order by all").fetchall()


def version(con: DuckDBPyConnection, name: str) -> int:
    found = con.execute(
        "select version from meta.table_version where table_name = ?", [f"raw.{name}"]
    ).fetchall()
    return found[0][0] if found else 0


def test_keys_are_columns_of_every_forge_table() -> None:
    assert set(FORGE_KEYS) == set(FORGE_TABLES)
    for name, key in FORGE_KEYS.items():
        assert set(key) <= set(RAW_TABLES[name].schema.names)
    for name, (marker, details) in FORGE_DETAILS.items():
        assert marker in details
        assert set(details) <= set(RAW_TABLES[name].schema.names) - set(FORGE_KEYS[name])


def test_row_when_its_key_is_there_then_it_takes_its_place(con: DuckDBPyConnection) -> None:
    upsert_rows(con, rows("issue", issue("1"), issue("2")))
    upsert_rows(con, rows("issue", issue("2", title="new", updated_at=LATER), issue("3")))
    assert stored(con, "issue", "number", "title") == [("1", "t"), ("2", "new"), ("3", "t")]


def test_row_when_it_stands_twice_then_the_later_one_counts(con: DuckDBPyConnection) -> None:
    upsert_rows(con, rows("issue", issue("1", title="first"), issue("1", title="second")))
    assert stored(con, "issue", "title") == [("second",)]


def test_row_when_the_stored_one_is_newer_then_it_is_left_out(con: DuckDBPyConnection) -> None:
    upsert_rows(con, rows("issue", issue("1", title="new", updated_at=LATER)))
    upsert_rows(con, rows("issue", issue("1", title="old")))
    assert stored(con, "issue", "title") == [("new",)]


def test_row_when_a_key_column_is_null_then_null_equals_null(con: DuckDBPyConnection) -> None:
    review = {"number": "1", "review_id": None, "author_id": "5", "state": "commented"}
    upsert_rows(con, rows("review", review))
    upsert_rows(con, rows("review", review | {"state": "approved"}, review | {"author_id": "6"}))
    assert stored(con, "review", "author_id", "state") == [("5", "approved"), ("6", "commented")]


def test_row_without_details_leaves_the_details_of_the_stored_one(con: DuckDBPyConnection) -> None:
    detailed = issue("1", state="open", added=3, merged_by_id="9", detailed_at=NOON)
    upsert_rows(con, rows("change_request", detailed))
    upsert_rows(con, rows("change_request", issue("1", state="merged", updated_at=LATER)))
    assert stored(con, "change_request", "state", "added", "merged_by_id") == [("merged", 3, "9")]
    upsert_rows(con, rows("change_request", detailed | {"updated_at": LATER, "merged_by_id": None}))
    assert stored(con, "change_request", "added", "merged_by_id") == [(3, None)]


def test_row_that_says_nothing_new_makes_no_model_stale(con: DuckDBPyConnection) -> None:
    upsert_rows(con, rows("issue", issue("1")))
    before = version(con, "issue")
    upsert_rows(con, rows("issue", issue("1", observed_at=LATER)))
    assert version(con, "issue") == before
    assert stored(con, "issue", "observed_at") == [(NOON,)]
    upsert_rows(con, rows("issue", issue("1", observed_at=LATER)), touch=True)
    assert version(con, "issue") == before
    assert stored(con, "issue", "observed_at") == [(LATER,)]
    upsert_rows(con, rows("issue", issue("1", labels=["bug"])))
    assert version(con, "issue") == before + 1


def test_rows_when_the_transaction_fails_then_none_is_there(con: DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error), transaction(con):
        upsert_rows(con, rows("issue", issue("1")))
        con.execute("select error('cut')")
    assert stored(con, "issue", "number") == []
    assert version(con, "issue") == 0


def test_rows_with_other_columns_are_refused(con: DuckDBPyConnection) -> None:
    with pytest.raises(WarehouseError, match="other columns"):
        upsert_rows(con, {"issue": pa.table({"number": ["1"]})})
    with pytest.raises(WarehouseError, match="other columns"):
        upsert_rows(con, {"commit": RAW_TABLES["commit"].schema.empty_table()})


def test_row_when_an_older_state_arrives_in_a_whole_reading_then_it_stays_and_is_there(
    con: DuckDBPyConnection,
) -> None:
    upsert_rows(con, rows("issue", issue("1", title="new", updated_at=LATER, removed_at=NOON)))
    older = rows("issue", issue("1", title="old", observed_at=LATER + timedelta(hours=1)))
    columns = ("title", "removed_at", "observed_at")
    upsert_rows(con, older)
    assert stored(con, "issue", *columns) == [("new", NOON, NOON)]
    upsert_rows(con, older, touch=True)
    assert stored(con, "issue", *columns) == [("new", None, LATER + timedelta(hours=1))]
