"""Versions of tables, and the keys that each of them is about."""

import pytest
from duckdb import DuckDBPyConnection

from warehouse.store import table_versions
from warehouse.store.table_versions import bump_versions, changed_keys, note_changed_keys

TABLE = "raw.component"


def versions(con: DuckDBPyConnection) -> list[tuple[int, int | None]]:
    return con.execute(
        "select version, plain_version from meta.table_version where table_name = ?", [TABLE]
    ).fetchall()


def test_version_when_rows_change_then_it_rises_and_the_plain_one_where_more_than_provenance_did(
    con: DuckDBPyConnection,
) -> None:
    bump_versions(con, ["component"])
    assert versions(con) == [(1, None)]
    bump_versions(con, ["component", "issue"], renewed=["component"])
    assert versions(con) == [(2, 1)]
    bump_versions(con, ["component"], renewed=["component"])
    assert versions(con) == [(3, 1)]
    bump_versions(con, ["component"], renewed=["issue"])
    assert versions(con) == [(4, 4)]
    bump_versions(con, ["issue"])
    assert versions(con) == [(4, 4)]
    bump_versions(con, ["component"], renewed=["component"])
    assert versions(con) == [(5, 4)]


def test_keys_when_every_version_tells_its_own_then_those_after_the_one_and_up_to_the_other_changed(
    con: DuckDBPyConnection,
) -> None:
    for names in (["a"], ["b", "b"], ["c"]):
        bump_versions(con, ["component", "issue"], {"component": names})
    assert changed_keys(con, TABLE, "repo_id", 1, 2) == {"b"}
    assert changed_keys(con, TABLE, "repo_id", 0, 3) == {"a", "b", "c"}
    assert changed_keys(con, TABLE, "repo_id", 3, 3) == frozenset()
    assert changed_keys(con, TABLE, "repo_id", 3, 2) is None
    assert changed_keys(con, TABLE, "purl", 1, 2) is None
    assert changed_keys(con, "raw.issue", "repo_id", 1, 2) is None
    assert con.execute("select count(*) from meta.changed_key").fetchall() == [(3,)]


def test_keys_when_a_version_tells_none_then_anything_may_have_changed(con: DuckDBPyConnection) -> None:
    bump_versions(con, ["component"], {"component": ["a"]})
    bump_versions(con, ["component"], {"component": []})
    bump_versions(con, ["component"], {"component": ["c"]})
    assert changed_keys(con, TABLE, "repo_id", 0, 1) == {"a"}
    assert changed_keys(con, TABLE, "repo_id", 0, 3) is None
    assert changed_keys(con, TABLE, "repo_id", 1, 2) is None
    assert changed_keys(con, TABLE, "repo_id", 2, 3) == {"c"}


def test_keys_when_they_are_more_than_are_kept_then_all_is_forgotten_of_that_column(
    con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_versions, "_MOST_KEYS", 3)
    note_changed_keys(con, TABLE, "purl", 1, ["p"])
    note_changed_keys(con, TABLE, "repo_id", 1, ["a", "b", "c"])
    assert changed_keys(con, TABLE, "repo_id", 0, 1) == {"a", "b", "c"}
    note_changed_keys(con, TABLE, "repo_id", 2, ["d", "e", "f", "g"])  # too many by themselves
    assert changed_keys(con, TABLE, "repo_id", 0, 1) == {"a", "b", "c"}
    assert changed_keys(con, TABLE, "repo_id", 1, 2) is None
    note_changed_keys(con, TABLE, "repo_id", 3, ["h"])  # too many together
    assert changed_keys(con, TABLE, "repo_id", 2, 3) is None
    assert changed_keys(con, TABLE, "purl", 0, 1) == {"p"}


def test_keys_of_a_model_when_some_builds_changed_nothing_then_only_those_that_did_must_tell(
    con: DuckDBPyConnection,
) -> None:
    for build, content in ((3, 3), (4, 3), (6, 6), (8, 6), (9, 9), (12, 12)):
        con.execute(
            "insert into meta.model_build by name select ? as build_id, 'core.use' as model,"
            " 'built' as status, ? as content_build_id, 0 as wall_ms, '' as sql_hash, '{}' as inputs,"
            " now() as built_at",
            [build, content],
        )
    for build, keys in ((6, ["a"]), (9, ["b"])):
        note_changed_keys(con, "core.use", "repo_id", build, keys)
    assert changed_keys(con, "core.use", "repo_id", 3, 6) == {"a"}
    assert changed_keys(con, "core.use", "repo_id", 3, 9) == {"a", "b"}
    assert changed_keys(con, "core.use", "repo_id", 6, 9) == {"b"}
    assert changed_keys(con, "core.use", "repo_id", 2, 6) is None
    assert changed_keys(con, "core.use", "repo_id", 9, 12) is None
