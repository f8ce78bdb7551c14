"""One read-only query on the published copy, and nothing else."""

import time
from pathlib import Path

import pyarrow as pa
import pytest
from made_shards import raw_table

from warehouse.errors import WarehouseError
from warehouse.store.database import open_database
from warehouse.store.load import replace_table
from warehouse.store.publish import publish_warehouse
from warehouse.store.query import run_query


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("state")
    with open_database(state / "warehouse.duckdb") as con:
        rows = [{"chain_id": "b", "name_zh": "链"}, {"chain_id": "a", "kind": "base"}]
        replace_table(con, "chain", raw_table("chain", rows))
        publish_warehouse(con, state / "chainatlas.duckdb")
    return state / "chainatlas.duckdb"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "select chain_id, name_zh from raw.chain order by 1",
            [{"chain_id": "a", "name_zh": None}, {"chain_id": "b", "name_zh": "链"}],
        ),
        ("from raw.chain select count(*) as n;", [{"n": 2}]),
        ("with x as (select 1 as a) select a from x -- why not", [{"a": 1}]),
        ("values (1, 'x')", [{"col0": 1, "col1": "x"}]),
        ("/* first */ select chain_id from raw.chain where false", []),
        ("select '; delete from raw.chain' as a", [{"a": "; delete from raw.chain"}]),
        (
            "from (pivot raw.chain on kind in ('base') using count(*) group by chain_id) order by all",
            [{"chain_id": "a", "base": 1}, {"chain_id": "b", "base": 0}],
        ),
        ("select column_name from (describe raw.chain) limit 1", [{"column_name": "chain_id"}]),
    ],
)
def test_run_query_when_it_is_a_query_then_its_rows(
    published: Path, sql: str, expected: list[object]
) -> None:
    result = run_query(published, sql)
    assert result.table.to_pylist() == expected
    assert not result.truncated


@pytest.mark.parametrize("sql", ["describe raw.chain", "summarize raw.chain", "show all tables"])
def test_run_query_when_it_asks_what_there_is_then_it_is_answered(published: Path, sql: str) -> None:
    assert run_query(published, sql).table.num_rows >= 5


def test_run_query_when_two_columns_have_one_name_then_both_are_kept(published: Path) -> None:
    assert run_query(published, "select 1 as a, 2 as a").table.column_names == ["a", "a"]


def test_run_query_when_there_are_no_rows_then_columns_and_types_are_kept(published: Path) -> None:
    table = run_query(published, "select chain_id, 1::bigint as n from raw.chain where false").table
    assert table.schema == pa.schema([("chain_id", pa.string()), ("n", pa.int64())])


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("", "expected one query, found 0"),
        (" -- nothing", "expected one query, found 0"),
        ("select 1; select 2", "expected one query, found 2"),
        ("select 1; drop table raw.chain", "only queries are allowed"),
        ("insert into raw.chain (chain_id) values ('c')", "only queries are allowed: SELECT, WITH"),
        ("update raw.chain set kind = 'x'", "only queries are allowed"),
        ("delete from raw.chain", "only queries are allowed"),
        ("create table t as select 1", "only queries are allowed"),
        ("create table memory.main.t as select 1", "only queries are allowed"),
        ("drop table raw.chain", "only queries are allowed"),
        ("copy raw.chain to 'stolen.csv'", "only queries are allowed"),
        ("attach ':memory:' as other", "only queries are allowed"),
        ("install httpfs", "only queries are allowed"),
        ("load httpfs", "only queries are allowed"),
        ("set memory_limit = '1TB'", "only queries are allowed"),
        ("pragma database_list", "only queries are allowed"),
        ("call pragma_version()", "only queries are allowed"),
        ("explain analyze select 1", "only queries are allowed"),
        ("export database 'stolen'", "only queries are allowed"),
        ("use memory", "only queries are allowed"),
        ("begin", "only queries are allowed"),
        ("checkpoint", "only queries are allowed"),
        (
            "with x as (insert into raw.chain (chain_id) values ('c') returning *) from x",
            "not INSERT within one",
        ),
        ("with x as (update raw.chain set kind = 'x' returning *) from x", "not UPDATE within one"),
        ("with x as (delete from raw.chain returning *) from x", "not DELETE within one"),
        ("with x as (copy raw.chain to 'stolen.csv') from x", "not COPY within one"),
        ("from read_csv('/etc/passwd')", "the query failed: .*disabled by configuration"),
        ("from read_text('/proc/self/environ')", "the query failed: .*disabled by configuration"),
        ("from glob('/etc/*')", "the query failed: .*disabled by configuration"),
        ("from '/etc/passwd'", "the query failed: .*does not exist"),
        ("from 'https://registry.example/x.parquet'", "the query failed: .*disabled by configuration"),
        ("select getenv('HOME')", "the query failed: .*getenv does not exist"),
        ("from secret_frame", "the query failed: .*secret_frame does not exist"),
        ("select nothing from raw.chain", "the query failed: .*nothing"),
        ("select count(*)\nfrom raw.chain\nwhere and", r"not valid SQL: .*\(line 3, column 7\)"),
        ("select 'x'::int", "the query failed: Conversion Error"),
    ],
)
def test_run_query_when_it_is_anything_else_then_error_says_why(
    published: Path, sql: str, reason: str
) -> None:
    secret_frame = pa.table({"a": [1]})
    with pytest.raises(WarehouseError, match=reason):
        run_query(published, sql)
    assert secret_frame.num_rows == 1
    assert run_query(published, "select count(*) as n from raw.chain").table.to_pylist() == [{"n": 2}]


def test_run_query_when_there_are_more_rows_than_the_limit_then_the_first_ones_and_it_says_so(
    published: Path,
) -> None:
    result = run_query(published, "select range as n from range(1000000000000)", row_limit=5)
    assert result.table["n"].to_pylist() == [0, 1, 2, 3, 4]
    assert result.truncated


def test_run_query_when_there_are_exactly_as_many_rows_as_the_limit_then_not_truncated(
    published: Path,
) -> None:
    result = run_query(published, "from range(250000)", row_limit=250_000)
    assert result.table.num_rows == 250_000
    assert not result.truncated


def test_run_query_when_it_takes_too_long_then_it_is_stopped(published: Path) -> None:
    started = time.perf_counter()
    with pytest.raises(WarehouseError, match=r"the query was stopped after 0\.2 seconds"):
        run_query(published, "select sum(hash(range)) from range(1000000000000)", seconds=0.2)
    assert time.perf_counter() - started < 5


def test_run_query_when_it_needs_too_much_memory_then_it_is_stopped(published: Path) -> None:
    with pytest.raises(WarehouseError, match="the query needs more than 64MB of memory"):
        run_query(published, "select list(range) from range(100000000)", memory="64MB")


def test_run_query_when_nothing_is_published_then_error_says_how_to_publish(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="`chainatlas run` publishes the warehouse"):
        run_query(tmp_path / "chainatlas.duckdb", "select 1")
