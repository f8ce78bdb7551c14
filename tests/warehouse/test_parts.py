"""Models built for the repositories that changed: which, when, and what makes a full build necessary."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table, write_model, write_shard

from warehouse.errors import WarehouseError
from warehouse.runner import ModelBuild, ModelContext, build_models, discover_models
from warehouse.store.load import drop_repositories, load_shards, replace_table

CONTEXT = ModelContext(as_of=date(2026, 6, 30), person_key=b"key")
USES = "{rows: [raw.component], lookups: {core.name.purl: [raw.component.purl]}}"
PYTHON_MODEL = '''"""
description: d
grain: g
columns: {repo_id: r, uses: n}
incremental: {rows: [mart.use]}
"""
READS = ("mart.use",)


def build(con, context):
    return con.sql("select repo_id, count(*) as uses from mart.use group by repo_id").to_arrow_table()
'''


@pytest.fixture
def folder(tmp_path: Path, con: DuckDBPyConnection) -> Path:
    """`mart.use` looks up in `core.name`; `mart.uses` counts it in Python, `mart.read` holds heads."""
    folder = tmp_path / "models"
    write_model(folder, "core/name", "select purl, licence as label from raw.package", ["purl", "label"])
    write_model(
        folder,
        "chain/use",
        "select repo_id, label, (select count(*) from raw.chain) as chains"
        " from raw.component join core.name using (purl)"
        " where case when purl = 'pkg:npm/broken' then error('broken')::boolean else true end",
        ["repo_id", "label", "chains"],
        incremental=USES,
    )
    write_model(
        folder,
        "chain/read",
        "select distinct repo_id, head_sha from raw.component",
        ["repo_id", "head_sha"],
        incremental="{rows: [raw.component]}",
    )
    (folder / "chain" / "uses.py").write_text(PYTHON_MODEL, encoding="utf-8")
    name(con, a="A", b="B", c="C")
    scan(con, tmp_path / "shards", r1=["a"], r2=["a", "b"], r3=["c"])
    return folder


def name(con: DuckDBPyConnection, **names: str) -> None:
    rows = [{"purl": f"pkg:npm/{purl}", "licence": text} for purl, text in names.items()]
    replace_table(con, "package", raw_table("package", rows))


def scan(con: DuckDBPyConnection, folder: Path, head: str = "1", **used: list[str]) -> None:
    """Scan repositories that use these packages."""
    shards = [
        write_shard(
            folder / f"{repo}-{len(list(folder.glob('*')))}",
            repo,
            component=[{"purl": f"pkg:npm/{purl}", "head_sha": head} for purl in purls],
        )
        for repo, purls in used.items()
    ]
    assert not load_shards(con, shards).refused


def build(con: DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """What became of each model: unchanged, full, or for how many repositories it was built."""
    builds = build_models(con, CONTEXT, models=discover_models(folder))
    assert not [one.error for one in builds if one.error]
    return {one.name: _told(one) for one in builds}


def _told(one: ModelBuild) -> str | int:
    if one.status == "unchanged":
        return "unchanged"
    return "full" if one.part_keys is None else one.part_keys


def uses(con: DuckDBPyConnection) -> Mapping[str, int]:
    return dict(con.execute("select repo_id, uses from mart.uses order by all").fetchall())


def test_build_models_when_one_repository_changed_then_models_are_built_for_it_alone(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    assert set(build(con, folder).values()) == {"full"}
    con.execute("update mart.use set label = 'kept' where repo_id = 'r3'")
    scan(con, tmp_path / "shards", head="2", r2=["a", "b", "c"])
    assert build(con, folder) == {"core.name": "unchanged", "mart.read": 1, "mart.use": 1, "mart.uses": 1}
    assert uses(con) == {"r1": 1, "r2": 3, "r3": 1}
    assert con.execute("select label from mart.use where repo_id = 'r3'").fetchall() == [("kept",)]
    assert con.execute("from mart.read order by all").fetchall() == [("r1", "1"), ("r2", "2"), ("r3", "1")]
    assert set(build(con, folder).values()) == {"unchanged"}


def test_build_models_when_repositories_come_and_go_then_their_rows_do(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    drop_repositories(con, ["r1", "r2"])
    scan(con, tmp_path / "shards", r4=["a"])
    assert build(con, folder)["mart.use"] == 2
    assert uses(con) == {"r1": 1, "r2": 2, "r4": 1}


def test_build_models_when_only_the_commit_is_another_then_who_does_not_read_it_is_unchanged(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    scan(con, tmp_path / "shards", head="2", r2=["a", "b"])
    assert build(con, folder) == {
        "core.name": "unchanged",
        "mart.read": 1,
        "mart.use": "unchanged",
        "mart.uses": "unchanged",
    }


def test_build_models_when_a_looked_up_row_changes_then_those_who_look_it_up_are_built(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    name(con, a="other", b="B", c="C", d="D")
    assert build(con, folder) == {
        "core.name": "full",
        "mart.read": "unchanged",
        "mart.use": 2,
        "mart.uses": 2,
    }
    assert con.execute("select distinct label from mart.use order by 1").fetchall() == [
        ("B",),
        ("C",),
        ("other",),
    ]
    name(con, b="B", c="C")
    assert build(con, folder)["mart.use"] == 2
    assert uses(con) == {"r2": 1, "r3": 1}


def test_build_models_when_any_other_table_changes_then_the_model_is_built_in_full(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    replace_table(con, "chain", raw_table("chain", [{"chain_id": "x"}]))
    assert build(con, folder) == {
        "core.name": "unchanged",
        "mart.read": "unchanged",
        "mart.use": "full",
        "mart.uses": 3,
    }
    assert con.execute("select distinct chains from mart.use").fetchall() == [(1,)]


def test_build_models_when_it_is_not_known_what_changed_then_models_are_built_in_full(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    scan(con, tmp_path / "shards", r2=["c"])
    con.execute("delete from meta.changed_key")
    told = build(con, folder)
    assert (told["mart.use"], told["mart.read"]) == ("full", "full")
    assert uses(con) == {"r1": 1, "r2": 1, "r3": 1}


def test_build_models_when_a_partial_build_fails_then_it_is_made_up_for_later(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    scan(con, tmp_path / "shards", r2=["broken"])
    failed = [one for one in build_models(con, CONTEXT, models=discover_models(folder)) if one.error]
    assert [one.name for one in failed] == ["mart.use", "mart.uses"]
    assert uses(con) == {"r1": 1, "r2": 2, "r3": 1}
    scan(con, tmp_path / "shards", r2=["c"], r3=["a", "b"])
    assert build(con, folder)["mart.use"] == 2
    assert uses(con) == {"r1": 1, "r2": 1, "r3": 2}


def test_build_models_when_a_part_has_more_rows_than_a_row_group_then_all_are_there(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    write_model(
        folder,
        "chain/read",
        "select repo_id, unnest(range(150_000)) as head_sha from raw.component where purl <> 'pkg:npm/b'",
        ["repo_id", "head_sha"],
        incremental="{rows: [raw.component]}",
    )
    build(con, folder)
    scan(con, tmp_path / "shards", r3=["a"])
    assert build(con, folder)["mart.read"] == 1
    assert con.execute("select count(*) from mart.read").fetchall() == [(450_000,)]


@pytest.mark.parametrize(
    ("incremental", "reason"),
    [
        ("{rows: [raw.package]}", "raw.package is not read"),
        ("{rows: [raw.component], by: path}", "path is not among the columns"),
        ("{rows: [raw.component, core.name], lookups: {core.name.purl: []}}", "in rows and in lookups"),
        ("{rows: [raw.component], lookups: {core.name.purl: [raw.tag.name]}}", "raw.tag is not in rows"),
    ],
)
def test_discover_models_when_incremental_cannot_be_followed_then_the_file_is_named(
    folder: Path, incremental: str, reason: str
) -> None:
    write_model(
        folder,
        "chain/use",
        "select repo_id, label from raw.component join core.name using (purl)",
        ["repo_id", "label"],
        incremental=incremental,
    )
    with pytest.raises(WarehouseError, match=f"use.sql: header: incremental: .*{reason}"):
        discover_models(folder)


@pytest.mark.parametrize(
    ("query", "reads_it"),
    [
        ("select repo_id as x from core.a", False),
        ("select head_sha as x from core.a", True),
        ("with a as (select * from core.a) select repo_id as x from a", True),
        ("with a as (select repo_id from core.a) select * from a", False),
        ("select count(*) as x from core.a", False),
        ("select a as x from core.a", True),
        ("select sum(columns(*)) as x from core.a", True),
        ("select b.* from core.a as b", True),
        ("from core.a", True),
    ],
)
def test_discover_models_when_a_query_may_read_provenance_then_it_is_known(
    tmp_path: Path, query: str, reads_it: bool
) -> None:
    write_model(tmp_path, "core/a", "select repo_id, head_sha from raw.component", ["repo_id", "head_sha"])
    write_model(tmp_path, "core/b", query, ["x"])
    assert discover_models(tmp_path)["core.b"].reads_whole == ({"core.a"} if reads_it else set())
