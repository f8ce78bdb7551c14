"""Models built: what is stale and nothing else, each whole or not at all, with comments and records."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from made_shards import raw_table, write_model, write_shard

from warehouse.errors import WarehouseError
from warehouse.runner import ModelBuild, ModelContext, build_models, discover_models
from warehouse.store.database import open_database
from warehouse.store.load import load_shards, replace_table

CONTEXT = ModelContext(as_of=date(2026, 6, 30), person_key=b"key", region={"country": "CN"})

PYTHON_MODEL = '''"""
description: d
grain: g
columns: {chain_id: c, as_of: d}
"""
import pyarrow as pa

READS = ("core.chain",)


def build(con, context):
    chains = con.sql("select chain_id from core.chain order by all").to_arrow_table()
    return chains.append_column("as_of", pa.array([context.as_of] * len(chains), pa.date32()))
'''


@pytest.fixture
def folder(tmp_path: Path, con: DuckDBPyConnection) -> Path:
    """`core.chain` over raw.chain, `mart.zh` and `mart.en` over it, `mart.both` over the two."""
    folder = tmp_path / "models"
    write_model(
        folder,
        "core/chain",
        "select chain_id, name_zh, name_en from raw.chain",
        ["chain_id", "name_zh", "name_en"],
    )
    write_model(folder, "chain/zh", "select chain_id, name_zh from core.chain", ["chain_id", "name_zh"])
    write_model(folder, "chain/en", "select chain_id, name_en from core.chain", ["chain_id", "name_en"])
    write_model(
        folder,
        "chain/both",
        "select * from mart.zh join mart.en using (chain_id)",
        ["chain_id", "name_zh", "name_en"],
    )
    set_chains(con, {"chain_id": "a", "name_zh": "甲", "name_en": "A", "kind": "base"})
    return folder


def set_chains(con: DuckDBPyConnection, *rows: dict[str, Any]) -> None:
    replace_table(con, "chain", raw_table("chain", rows))


def build(
    con: DuckDBPyConnection, folder: Path, context: ModelContext = CONTEXT, **options: Any
) -> dict[str, ModelBuild]:
    return {b.name: b for b in build_models(con, context, models=discover_models(folder), **options)}


def statuses(builds: dict[str, ModelBuild]) -> dict[str, str]:
    return {name: build.status for name, build in builds.items()}


def test_build_models_when_never_built_then_all_are_built_in_order_with_comments_and_lineage(
    con: DuckDBPyConnection, folder: Path
) -> None:
    write_model(
        folder,
        "chain/zh",
        "select chain_id, name_zh from core.chain",
        ["chain_id", "name_zh"],
        description="it's 链",
    )
    builds = build(con, folder)
    assert list(builds) == ["core.chain", "mart.en", "mart.zh", "mart.both"]
    assert set(statuses(builds).values()) == {"built"}
    assert con.execute("from mart.both").fetchall() == [("a", "甲", "A")]
    comments = con.execute("select comment from duckdb_tables() where table_name = 'zh'").fetchall()
    assert comments == [("it's 链 Grain: one per row",)]
    columns = con.execute(
        "select column_name, comment from duckdb_columns() where table_name = 'zh'"
    ).fetchall()
    assert columns == [("chain_id", "about chain_id"), ("name_zh", "about name_zh")]
    assert con.execute("from meta.model_lineage order by all").fetchall() == [
        ("core.chain", "raw.chain"),
        ("mart.both", "mart.en"),
        ("mart.both", "mart.zh"),
        ("mart.en", "core.chain"),
        ("mart.zh", "core.chain"),
    ]


def test_build_models_when_built_then_the_record_tells_rows_time_and_hash(
    con: DuckDBPyConnection, folder: Path
) -> None:
    before = datetime.now(UTC)
    builds = build(con, folder)
    model = discover_models(folder)["mart.zh"]
    records = con.execute(
        "select status, rows, wall_ms, sql_hash, inputs, error, epoch_us(built_at) from meta.model_build"
        " where model = 'mart.zh'"
    ).fetchall()
    zh = builds["mart.zh"]
    assert zh.built_at is not None
    assert before <= zh.built_at <= datetime.now(UTC)
    assert records == [
        (
            "built",
            1,
            zh.wall_ms,
            model.sql_hash,
            '{"core.chain": "1"}',
            None,
            round(zh.built_at.timestamp() * 1e6),
        )
    ]
    assert (zh.rows, zh.sql_hash, zh.error) == (1, model.sql_hash, None)


def test_build_models_when_nothing_changed_then_none_is_built_and_the_last_records_are_returned(
    con: DuckDBPyConnection, folder: Path
) -> None:
    first = build(con, folder)
    again = build(con, folder)
    assert set(statuses(again).values()) == {"unchanged"}
    assert {name: replace(b, status="built") for name, b in again.items()} == first
    assert con.execute("select count(*) from meta.model_build").fetchall() == [(4,)]


def test_build_models_when_a_file_changes_then_it_is_built_and_its_readers_only_if_rows_changed(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    write_model(
        folder, "chain/zh", "select chain_id, name_zh from core.chain -- same", ["chain_id", "name_zh"]
    )
    assert statuses(build(con, folder)) == {
        "core.chain": "unchanged",
        "mart.en": "unchanged",
        "mart.zh": "built",
        "mart.both": "unchanged",
    }
    write_model(
        folder,
        "chain/zh",
        "select chain_id, name_zh || '!' as name_zh from core.chain",
        ["chain_id", "name_zh"],
    )
    assert statuses(build(con, folder)) == {
        "core.chain": "unchanged",
        "mart.en": "unchanged",
        "mart.zh": "built",
        "mart.both": "built",
    }


def test_build_models_when_a_type_changes_but_no_value_then_readers_are_built(
    con: DuckDBPyConnection, folder: Path
) -> None:
    write_model(
        folder, "chain/zh", "select chain_id, null::int as name_zh from core.chain", ["chain_id", "name_zh"]
    )
    build(con, folder)
    write_model(
        folder, "chain/zh", "select chain_id, null::text as name_zh from core.chain", ["chain_id", "name_zh"]
    )
    assert statuses(build(con, folder))["mart.both"] == "built"


def test_build_models_when_only_the_header_changes_then_the_comment_is_renewed(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    write_model(
        folder,
        "chain/zh",
        "select chain_id, name_zh from core.chain",
        ["chain_id", "name_zh"],
        description="new",
    )
    assert statuses(build(con, folder))["mart.zh"] == "built"
    comments = con.execute("select comment from duckdb_tables() where table_name = 'zh'").fetchall()
    assert comments == [("new Grain: one per row",)]


def test_build_models_when_a_raw_table_changes_then_its_readers_are_built_as_far_as_rows_change(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    set_chains(con, {"chain_id": "a", "name_zh": "甲", "name_en": "A", "kind": "frontier"})
    assert statuses(build(con, folder)) == {
        "core.chain": "built",
        "mart.en": "unchanged",
        "mart.zh": "unchanged",
        "mart.both": "unchanged",
    }
    set_chains(con, {"chain_id": "a", "name_zh": "甲", "name_en": "Alpha", "kind": "frontier"})
    assert statuses(build(con, folder)) == {
        "core.chain": "built",
        "mart.en": "built",
        "mart.zh": "built",
        "mart.both": "built",
    }
    assert con.execute("select name_en from mart.both").fetchall() == [("Alpha",)]
    # mart.zh was built, but says the same: whoever reads only that would have been left alone.
    content = con.execute(
        "select max(content_build_id), count(*) from meta.model_build where model = 'mart.zh'"
    ).fetchall()
    assert content == [(3, 2)]


def test_build_models_when_a_table_that_it_does_not_read_changes_then_it_is_unchanged(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    load_shards(con, [write_shard(tmp_path / "shard", "local/x/y", component=[{"purl": "p"}])])
    assert set(statuses(build(con, folder)).values()) == {"unchanged"}


def test_build_models_when_rows_are_swapped_or_doubled_then_the_content_counts_as_changed(
    con: DuckDBPyConnection, folder: Path
) -> None:
    one, two = {"chain_id": "a", "name_zh": "x"}, {"chain_id": "b", "name_zh": "y"}
    set_chains(con, one, two)
    build(con, folder)
    for rows in (
        [{"chain_id": "a", "name_zh": "y"}, {"chain_id": "b", "name_zh": "x"}],
        [one, two, two, two],
        [one, two],
        [one, two, {"chain_id": None}],
    ):
        set_chains(con, *rows)
        assert statuses(build(con, folder))["mart.zh"] == "built", rows


def test_build_models_when_a_parameter_changes_then_only_its_readers_are_built(
    con: DuckDBPyConnection, folder: Path
) -> None:
    query = "select c.chain_id, p.value as as_of from core.chain c, meta.parameter p where p.name = 'as_of'"
    write_model(folder, "chain/dated", query, ["chain_id", "as_of"])
    (folder / "chain" / "py_dated.py").write_text(PYTHON_MODEL)
    build(con, folder)
    assert set(statuses(build(con, folder)).values()) == {"unchanged"}
    for context in (
        replace(CONTEXT, as_of=date(2026, 7, 1)),
        replace(CONTEXT, show_people=True),
        replace(CONTEXT, region={"country": "DE"}),
        replace(CONTEXT, person_key=b"another key"),
    ):
        changed = {
            name for name, status in statuses(build(con, folder, context)).items() if status == "built"
        }
        assert changed == {"mart.dated", "mart.py_dated"}, context


def test_build_models_when_given_a_context_then_sql_reads_it_but_never_the_key(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder, replace(CONTEXT, person_key=b"canary-key"))
    assert con.execute("from meta.parameter order by name").fetchall() == [
        ("as_of", "2026-06-30"),
        ("region.country", "CN"),
        ("show_people", "false"),
    ]
    everything = str([con.execute(f"from meta.{table}").fetchall() for table in ("parameter", "model_build")])
    assert "canary" not in everything
    assert b"canary-key".hex() not in everything
    assert "canary" not in repr(replace(CONTEXT, person_key=b"canary-key"))


def test_build_models_when_a_model_is_python_then_its_table_is_what_it_returns(
    con: DuckDBPyConnection, folder: Path
) -> None:
    (folder / "chain" / "py_dated.py").write_text(PYTHON_MODEL)
    assert build(con, folder)["mart.py_dated"].rows == 1
    assert con.execute("from mart.py_dated").fetchall() == [("a", date(2026, 6, 30))]
    comments = con.execute("select comment from duckdb_columns() where table_name = 'py_dated'").fetchall()
    assert comments == [("c",), ("d",)]


def test_build_models_when_a_python_model_makes_its_rows_part_by_part_then_its_table_holds_them_all(
    con: DuckDBPyConnection, folder: Path
) -> None:
    made = PYTHON_MODEL.replace("return chains", "made = chains")
    reader = "    return pa.RecordBatchReader.from_batches(made.schema, iter(3 * made.to_batches()))\n"
    (folder / "chain" / "py_parts.py").write_text(made + reader)
    assert build(con, folder)["mart.py_parts"].rows == 3
    assert con.execute("from mart.py_parts").fetchall() == 3 * [("a", date(2026, 6, 30))]


def test_build_models_when_a_model_fails_then_its_readers_are_skipped_and_the_others_built(
    con: DuckDBPyConnection, folder: Path
) -> None:
    write_model(
        folder,
        "chain/zh",
        "select chain_id, name_zh::int as name_zh from core.chain",
        ["chain_id", "name_zh"],
    )
    builds = build(con, folder)
    assert statuses(builds) == {
        "core.chain": "built",
        "mart.en": "built",
        "mart.zh": "failed",
        "mart.both": "skipped",
    }
    assert builds["mart.zh"].rows is None
    error = builds["mart.zh"].error
    assert error is not None
    assert "chain/zh.sql: Conversion Error: Could not convert string '甲'" in error
    assert builds["mart.both"].error == "not built, because mart.zh could not be built"
    failures = con.execute("select model, error from meta.model_build where status = 'failed'").fetchall()
    assert failures == [("mart.zh", error)]


def test_build_models_when_a_built_model_fails_then_its_table_stays_and_it_is_tried_again(
    con: DuckDBPyConnection, folder: Path
) -> None:
    query = "select chain_id, if(name_zh = 'bad', 1 / name_zh::int, 1) as n from core.chain"
    write_model(folder, "chain/fragile", query, ["chain_id", "n"])
    build(con, folder)
    set_chains(con, {"chain_id": "b", "name_zh": "bad"})
    for _ in range(2):
        assert build(con, folder)["mart.fragile"].status == "failed"
        assert con.execute("select chain_id from mart.fragile").fetchall() == [("a",)]
    set_chains(con, {"chain_id": "c", "name_zh": "good"})
    assert build(con, folder)["mart.fragile"].status == "built"
    assert con.execute("select chain_id from mart.fragile").fetchall() == [("c",)]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select 1 as a", r"missing \['b'\], extra \[\]"),
        ("select 1 as a, 2 as b, 3 as c", r"missing \[\], extra \['c'\]"),
        ("select 1 as a, 2 as bb", r"missing \['b'\], extra \['bb'\]"),
        ("select 1 as b, 2 as a", r"in another order than the header's: \['b', 'a'\]"),
        ("select 1 as a, 2 as B", r"missing \['b'\], extra \['B'\]"),
    ],
)
def test_build_models_when_columns_are_not_the_headers_then_the_failure_names_file_and_columns(
    con: DuckDBPyConnection, folder: Path, query: str, reason: str
) -> None:
    write_model(folder, "chain/x", query, ["a", "b"])
    build_of_x = build(con, folder)["mart.x"]
    assert build_of_x.status == "failed"
    with pytest.raises(AssertionError, match=rf"chain/x\.sql: the result's columns are .*{reason}"):
        raise AssertionError(build_of_x.error)
    assert con.execute("select 1 from duckdb_tables() where table_name = 'x'").fetchall() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return [1]", "build returned a list, not a pyarrow.Table"),
        ("raise KeyError('lost')", r"KeyError\('lost'\)"),
        (
            "return pa.RecordBatchReader.from_batches(pa.schema([('chain_id', 'string')]), map(len, [0]))",
            "has no len",
        ),
        ("return con.sql('select 1 as chain_id').to_arrow_table()", r"missing \['as_of'\]"),
        ("return con.sql('from core.nothing').to_arrow_table()", "Table with name nothing does not exist"),
    ],
)
def test_build_models_when_a_python_model_goes_wrong_then_it_is_a_failure_of_that_model(
    con: DuckDBPyConnection, folder: Path, body: str, reason: str
) -> None:
    (folder / "chain" / "py_bad.py").write_text(PYTHON_MODEL.partition("    chains")[0] + f"    {body}\n")
    builds = build(con, folder)
    assert builds["mart.py_bad"].status == "failed"
    assert builds["mart.both"].status == "built"
    with pytest.raises(AssertionError, match=rf"py_bad\.py: .*{reason}"):
        raise AssertionError(builds["mart.py_bad"].error)


def test_build_models_when_a_python_model_cannot_be_imported_then_it_is_a_failure_of_that_model(
    con: DuckDBPyConnection, folder: Path
) -> None:
    (folder / "chain" / "py_bad.py").write_text(PYTHON_MODEL + "\nimport no_such_module\n")
    failed = build(con, folder)["mart.py_bad"]
    assert failed.error is not None
    assert "py_bad.py: cannot be imported: ModuleNotFoundError" in failed.error


def test_build_models_when_only_some_are_named_then_no_other_is_touched(
    con: DuckDBPyConnection, folder: Path
) -> None:
    assert statuses(build(con, folder, only=["core.chain", "mart.zh"])) == {
        "core.chain": "built",
        "mart.zh": "built",
    }
    assert statuses(build(con, folder, only={"mart.zh"})) == {"mart.zh": "unchanged"}
    assert con.execute("select 1 from duckdb_tables() where table_name = 'en'").fetchall() == []


def test_build_models_when_one_is_named_before_its_input_is_built_then_the_failure_says_so(
    con: DuckDBPyConnection, folder: Path
) -> None:
    failed = build(con, folder, only=["mart.zh"])["mart.zh"]
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.endswith("chain/zh.sql: reads core.chain, which is not built yet: build it first")


def test_build_models_when_an_unknown_model_is_named_then_error_lists_those_there_are(
    con: DuckDBPyConnection, folder: Path
) -> None:
    with pytest.raises(WarehouseError, match=r"no such model: mart\.zhh; there are core\.chain, mart\.both"):
        build(con, folder, only=["mart.zhh"])


def test_build_models_when_a_model_is_gone_then_its_table_and_lineage_are_dropped(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    (folder / "chain" / "both.sql").unlink()
    build(con, folder, only=["mart.zh"])
    assert con.execute("select 1 from duckdb_tables() where table_name = 'both'").fetchall() == [(1,)]
    build(con, folder)
    assert con.execute("select 1 from duckdb_tables() where table_name = 'both'").fetchall() == []
    assert con.execute("from meta.model_lineage where model = 'mart.both'").fetchall() == []


def test_build_models_when_a_table_was_dropped_by_hand_then_it_is_built_again(
    con: DuckDBPyConnection, folder: Path
) -> None:
    build(con, folder)
    con.execute("drop table mart.zh")
    assert statuses(build(con, folder))["mart.zh"] == "built"


def test_build_models_when_given_a_callback_then_it_hears_of_each_model_as_it_ends(
    con: DuckDBPyConnection, folder: Path
) -> None:
    heard: list[tuple[str, list[tuple[int]]]] = []

    def listen(build: ModelBuild) -> None:
        heard.append((build.name, con.execute(f"select count(*) from {build.name}").fetchall()))

    build(con, folder, on_built=listen)
    assert heard == [(name, [(1,)]) for name in ("core.chain", "mart.en", "mart.zh", "mart.both")]


def test_build_models_when_opened_anew_then_it_knows_what_was_built(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    build(con, folder)
    con.close()
    with open_database(tmp_path / "warehouse.duckdb") as again:
        assert set(statuses(build(again, folder)).values()) == {"unchanged"}


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database
con = open_database(Path(sys.argv[1]))
context = ModelContext(date(2026, 6, 30), b"key", region={"country": "CN"})
build_models(con, context, models=discover_models(Path(sys.argv[2])))
"""


def test_build_models_when_killed_within_a_build_then_the_earlier_table_and_record_stay(
    con: DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    model = folder / "chain" / "py_dated.py"
    model.write_text(PYTHON_MODEL)
    build(con, folder)
    set_chains(con, {"chain_id": "b"})
    con.close()
    # The model creates its table itself and dies before the transaction ends.
    model.write_text(
        PYTHON_MODEL.replace(
            "    chains",
            "    import os\n    con.execute('drop table mart.py_dated')\n    os._exit(9)\n    chains",
        )
    )
    database = tmp_path / "warehouse.duckdb"
    died = subprocess.run([sys.executable, "-c", KILLED, database, folder], check=False, env={**os.environ})
    assert died.returncode == 9
    model.write_text(PYTHON_MODEL)
    with open_database(database) as again:
        assert again.execute("select chain_id from mart.py_dated").fetchall() == [("a",)]
        assert statuses(build(again, folder))["mart.py_dated"] == "built"
        assert again.execute("select chain_id from mart.py_dated").fetchall() == [("b",)]
