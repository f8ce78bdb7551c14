"""Shards and whole tables into schema raw, atomically."""

from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table, write_shard

from warehouse.errors import WarehouseError
from warehouse.store.load import drop_repositories, load_shards, replace_table

A, B = "git.example/org/a", "git.example/org/b"


def rows(con: DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return sorted(con.execute(query).fetchall(), key=repr)


def versions(con: DuckDBPyConnection) -> dict[str, int]:
    return dict(con.execute("select table_name, version from meta.table_version").fetchall())


def test_load_shards_when_given_two_scanners_then_every_table_has_the_rows_of_its_files(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    sbom = write_shard(
        tmp_path / "1",
        A,
        component=[
            {"purl": "pkg:npm/x@1", "hashes": ["SHA-1:aa"], "direct": True, "line": 3},
            {"purl": "pkg:npm/y@2"},
        ],
        dependency=[{"from_purl": "pkg:npm/x@1", "to_purl": "pkg:npm/y@2"}],
        declared_package=[{"purl": "pkg:npm/a", "keywords": ["链"]}],
        unknown=[{"kind": "broken", "reason": "cut off"}],
    )
    history = write_shard(
        tmp_path / "2",
        A,
        "history",
        commit=[{"sha": "c1", "author_id": "王", "authored_at": 1_700_000_000, "parents": []}],
        commit_language=[{"sha": "c1", "language": "Python", "added": 5}],
    )
    report = load_shards(con, [sbom, history])
    assert report.loaded == (sbom, history)
    assert report.refused == {}
    assert report.rows == {
        "repository_scan": 2,
        "component": 2,
        "dependency": 1,
        "declared_package": 1,
        "unknown": 1,
        "commit": 1,
        "commit_language": 1,
    }
    assert rows(con, "select repo_id, purl, hashes, direct, line from raw.component") == [
        (A, "pkg:npm/x@1", ["SHA-1:aa"], True, 3),
        (A, "pkg:npm/y@2", None, None, None),
    ]
    assert rows(con, "select author_id, authored_at, parents from raw.commit") == [("王", 1_700_000_000, [])]
    assert rows(con, "select scanner, status from raw.repository_scan") == [
        ("history", "succeeded"),
        ("sbom", "succeeded"),
    ]
    assert sbom.is_dir()


def test_load_shards_when_replacing_then_only_that_repository_and_scanner_change(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    load_shards(
        con,
        [
            write_shard(tmp_path / "1", A, component=[{"purl": "old"}], unknown=[{"reason": "old"}]),
            write_shard(
                tmp_path / "2", A, "history", commit=[{"sha": "c1"}], unknown=[{"reason": "shallow"}]
            ),
            write_shard(tmp_path / "3", B, component=[{"purl": "other"}]),
        ],
    )
    load_shards(
        con,
        [
            write_shard(
                tmp_path / "4", A, repository_scan=[{"status": "partial"}], component=[{"purl": "new"}]
            )
        ],
    )
    assert rows(con, "select repo_id, purl from raw.component") == [(A, "new"), (B, "other")]
    assert rows(con, "select scanner, reason from raw.unknown") == [("history", "shallow")]
    assert rows(con, "select sha from raw.commit") == [("c1",)]
    assert rows(con, "select repo_id, scanner, status from raw.repository_scan") == [
        (A, "history", "succeeded"),
        (A, "sbom", "partial"),
        (B, "sbom", "succeeded"),
    ]


def test_load_shards_when_a_scan_failed_then_the_failure_is_a_row_and_the_facts_stay(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    load_shards(con, [write_shard(tmp_path / "1", A, component=[{"purl": "p"}], unknown=[{"reason": "r"}])])
    failure = [{"status": "failed", "error": "no HEAD"}]
    load_shards(con, [write_shard(tmp_path / "2", A, mode="failed", repository_scan=failure)])
    assert rows(con, "select purl from raw.component") == [("p",)]
    assert rows(con, "select reason from raw.unknown") == [("r",)]
    assert rows(con, "select status, error from raw.repository_scan") == [("failed", "no HEAD")]


def test_load_shards_when_appending_then_commits_are_added_and_those_brought_again_are_replaced(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    load_shards(
        con,
        [
            write_shard(
                tmp_path / "1",
                A,
                "history",
                commit=[
                    {"sha": "c1", "added": 1, "vanished": False},
                    {"sha": "c2", "added": 2, "vanished": False},
                ],
                commit_language=[{"sha": "c1", "language": "Go"}, {"sha": "c2", "language": "Go"}],
                unknown=[{"kind": "shallow", "reason": "cut off", "head_sha": "c2"}],
            ),
            write_shard(tmp_path / "2", B, "history", commit=[{"sha": "c2", "added": 7}]),
        ],
    )
    load_shards(
        con,
        [
            write_shard(
                tmp_path / "3",
                A,
                "history",
                "append",
                repository_scan=[{"status": "succeeded", "head_sha": "c3"}],
                commit=[{"sha": "c2", "added": 20}, {"sha": "c3", "added": 3}],
                commit_language=[{"sha": "c3", "language": "Rust"}],
                unknown=[
                    {"kind": "shallow", "reason": "cut off", "head_sha": "c3"},
                    {"kind": "unreadable", "reason": "missing tree", "head_sha": "c3"},
                ],
            )
        ],
    )
    assert rows(con, "select repo_id, sha, added from raw.commit") == [
        (A, "c1", 1),
        (A, "c2", 20),
        (A, "c3", 3),
        (B, "c2", 7),
    ]
    assert rows(con, "select repo_id, sha, language from raw.commit_language") == [
        (A, "c1", "Go"),
        (A, "c3", "Rust"),
    ]
    assert rows(con, "select kind, head_sha from raw.unknown") == [("shallow", "c3"), ("unreadable", "c3")]
    assert rows(con, "select repo_id, head_sha from raw.repository_scan") == [(A, "c3"), (B, None)]


def test_load_shards_when_commits_vanished_then_they_stay_and_are_marked(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    commits = [{"sha": sha, "vanished": False} for sha in ("c1", "c2")]
    load_shards(
        con,
        [
            write_shard(tmp_path / "1", A, "history", commit=commits),
            write_shard(tmp_path / "2", B, "history", commit=commits),
        ],
    )
    again = [{"sha": "c3", "vanished": False}]
    load_shards(con, [write_shard(tmp_path / "3", A, "history", "append", vanished=["c2"], commit=again)])
    assert rows(con, "select repo_id, sha, vanished from raw.commit") == [
        (A, "c1", False),
        (A, "c2", True),
        (A, "c3", False),
        (B, "c1", False),
        (B, "c2", False),
    ]


def test_load_shards_when_two_shards_are_of_one_repository_then_the_later_counts(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    shards = [
        write_shard(tmp_path / "1", A, component=[{"purl": "older"}, {"purl": "gone"}]),
        write_shard(tmp_path / "2", A, "history", commit=[{"sha": "c1", "added": 1}]),
        write_shard(tmp_path / "3", A, component=[{"purl": "newer"}]),
        write_shard(
            tmp_path / "4", A, "history", "append", commit=[{"sha": "c1", "added": 2}, {"sha": "c2"}]
        ),
    ]
    assert load_shards(con, shards).loaded == tuple(shards)
    assert rows(con, "select purl from raw.component") == [("newer",)]
    assert rows(con, "select sha, added from raw.commit") == [("c1", 2), ("c2", None)]
    assert rows(con, "select scanner from raw.repository_scan") == [("history",), ("sbom",)]


def test_load_shards_when_the_same_shard_is_loaded_again_then_the_tables_are_the_same(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    shards = [
        write_shard(tmp_path / "1", A, component=[{"purl": "p"}], unknown=[{"reason": "r"}]),
        write_shard(tmp_path / "2", A, "history", "append", commit=[{"sha": "c"}], unknown=[{"reason": "r"}]),
    ]
    tables = ("component", "unknown", "commit", "repository_scan")
    load_shards(con, shards)
    once = {table: rows(con, f"from raw.{table}") for table in tables}
    load_shards(con, shards)
    assert {table: rows(con, f"from raw.{table}") for table in tables} == once


def test_load_shards_when_folders_look_like_globs_or_partitions_then_only_they_are_read(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    shard = write_shard(tmp_path / "purl=[a]*?" / "x", A, component=[{"purl": "right"}])
    write_shard(tmp_path / "purl=a" / "x", A, component=[{"purl": "wrong"}])
    assert load_shards(con, [shard]).refused == {}
    assert rows(con, "select purl from raw.component") == [("right",)]


def test_load_shards_when_there_are_none_then_nothing_changes(con: DuckDBPyConnection) -> None:
    report = load_shards(con, [])
    assert (report.loaded, report.refused, report.rows) == ((), {}, {})
    assert versions(con) == {}


def test_load_shards_when_tables_are_empty_then_they_are_accepted(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    assert load_shards(con, [write_shard(tmp_path / "1", A, component=[], unknown=[])]).refused == {}


def test_load_shards_when_the_warehouse_refuses_then_nothing_is_loaded(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("drop table raw.dependency")
    shard = write_shard(tmp_path / "1", A, component=[{"purl": "p"}], dependency=[{"to_purl": "p"}])
    with pytest.raises(WarehouseError, match=r"no shard was loaded: .*dependency"):
        load_shards(con, [shard])
    assert rows(con, "from raw.component") == []
    assert versions(con) == {}


def test_load_shards_when_tables_change_then_only_their_versions_rise(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    load_shards(con, [write_shard(tmp_path / "1", A, component=[{"purl": "p"}])])
    assert versions(con) == {"raw.component": 1, "raw.repository_scan": 1}
    load_shards(con, [write_shard(tmp_path / "2", A, "history", commit=[{"sha": "c"}])])
    assert versions(con) == {"raw.component": 1, "raw.repository_scan": 2, "raw.commit": 1}
    load_shards(con, [write_shard(tmp_path / "3", A)])
    assert versions(con) == {"raw.component": 2, "raw.repository_scan": 3, "raw.commit": 1}
    load_shards(con, [write_shard(tmp_path / "4", A, "history", "append", vanished=["c"])])
    assert versions(con) == {"raw.component": 2, "raw.repository_scan": 4, "raw.commit": 2}


def test_replace_table_when_rows_differ_then_they_are_replaced_and_the_version_rises(
    con: DuckDBPyConnection,
) -> None:
    first = raw_table("segment", [{"segment_id": "s", "keywords": ["a"]}, {"segment_id": "t"}])
    second = raw_table("segment", [{"segment_id": "s", "keywords": ["b"]}])
    assert replace_table(con, "segment", first)
    assert replace_table(con, "segment", second)
    assert rows(con, "select segment_id, keywords from raw.segment") == [("s", ["b"])]
    assert versions(con) == {"raw.segment": 2}


def test_replace_table_when_rows_are_the_same_then_nothing_changes(con: DuckDBPyConnection) -> None:
    table = raw_table("segment", [{"segment_id": "s", "keywords": ["a", None]}, {"segment_id": "t"}])
    assert replace_table(con, "segment", table)
    assert not replace_table(con, "segment", table.take([1, 0]))
    assert versions(con) == {"raw.segment": 1}


def test_replace_table_when_only_the_number_of_equal_rows_differs_then_they_are_replaced(
    con: DuckDBPyConnection,
) -> None:
    replace_table(con, "roster", raw_table("roster", [{"enterprise_id": "a"}]))
    assert replace_table(con, "roster", raw_table("roster", [{"enterprise_id": "a"}] * 2))
    assert rows(con, "select enterprise_id from raw.roster") == [("a",)] * 2


@pytest.mark.parametrize("name", ["component", "repository_scan", "nothing", "meta.run"])
def test_replace_table_when_it_is_not_a_whole_table_then_error(con: DuckDBPyConnection, name: str) -> None:
    with pytest.raises(WarehouseError, match=f"{name} is not a table that can be replaced whole"):
        replace_table(con, name, raw_table("segment", []))


def test_replace_table_when_columns_differ_then_error_names_them_and_rows_stay(
    con: DuckDBPyConnection,
) -> None:
    replace_table(con, "chain", raw_table("chain", [{"chain_id": "c"}]))
    with pytest.raises(WarehouseError, match=r"raw\.chain: columns differ: kind string"):
        replace_table(con, "chain", raw_table("chain", []).drop_columns(["kind"]))
    assert rows(con, "select chain_id from raw.chain") == [("c",)]


def test_drop_repositories_when_some_left_the_workspace_then_their_facts_go_everywhere(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    load_shards(
        con,
        [
            write_shard(tmp_path / "1", A, component=[{"purl": "p"}]),
            write_shard(tmp_path / "2", B, component=[{"purl": "p"}], unknown=[{"reason": "r"}]),
            write_shard(tmp_path / "3", "local/x/c", "history", commit=[{"sha": "c"}]),
        ],
    )
    before = versions(con)
    assert drop_repositories(con, [A]) == (B, "local/x/c")
    for table in ("component", "unknown", "commit", "repository_scan"):
        assert {repo_id for (repo_id,) in rows(con, f"select repo_id from raw.{table}")} <= {A}
    assert {table for table, version in versions(con).items() if version != before[table]} == {
        *("raw.component", "raw.unknown", "raw.commit", "raw.repository_scan")
    }
    assert drop_repositories(con, [A]) == ()
    assert drop_repositories(con, []) == (A,)
