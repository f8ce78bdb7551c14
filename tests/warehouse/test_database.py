"""The private warehouse: made, brought up to date, locked; the published copy: read-only."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.store.database import (
    MIGRATIONS,
    open_database,
    open_in_memory,
    open_published,
    transaction,
    use_memory,
)
from warehouse.store.schema import RAW_TABLES

HOLD = """
import sys
from pathlib import Path
from warehouse.store.database import open_database
con = open_database(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "warehouse.duckdb"


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return folder


def test_open_database_when_new_then_every_raw_table_and_column_is_there_with_its_comment(path: Path) -> None:
    with open_database(path) as con:
        found = con.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'raw'"
        ).fetchall()
        grains = con.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    declared = [
        (table.name, field.name, field.metadata[b"comment"].decode())
        for table in RAW_TABLES.values()
        for field in table.schema
    ]
    assert sorted(found) == sorted(declared)
    assert dict(grains) == {table.name: table.grain for table in RAW_TABLES.values()}


def test_open_database_when_raw_tables_are_read_as_arrow_then_types_are_the_schemas(path: Path) -> None:
    with open_database(path) as con:
        for table in RAW_TABLES.values():
            found = con.sql(f'from raw."{table.name}"').to_arrow_table().schema
            assert found.types == table.schema.types, table.name


def test_open_database_when_made_then_every_meta_table_and_column_has_a_comment(path: Path) -> None:
    with open_database(path) as con:
        tables = con.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'meta'"
        ).fetchall()
        silent = con.execute(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'meta' and comment is null"
        ).fetchall()
    assert {name for name, _ in tables} == {
        *(
            "changed_key",
            "migration",
            "run",
            "run_taxonomy",
            "parameter",
            "table_version",
            "table_source",
            "model_build",
            "model_lineage",
            "publication",
            "published_table",
        )
    }
    assert all(comment for _, comment in tables)
    assert silent == []


def test_open_database_when_opened_again_then_rows_are_kept_and_nothing_is_written(path: Path) -> None:
    with open_database(path) as con:
        con.execute("insert into raw.organization (organization_id) values ('o')")
    before = path.read_bytes()
    with open_database(path) as con:
        assert con.execute("select organization_id from raw.organization").fetchall() == [("o",)]
    assert path.read_bytes() == before


def test_open_database_when_a_column_is_missing_then_it_is_added_with_comment(path: Path) -> None:
    with open_database(path) as con:
        con.execute("insert into raw.chain (chain_id, kind) values ('c', 'base')")
        con.execute("alter table raw.chain drop column kind")
    with open_database(path) as con:
        assert con.execute("select chain_id, kind from raw.chain").fetchall() == [("c", None)]
        comment = con.execute(
            "select comment from duckdb_columns() where table_name = 'chain' and column_name = 'kind'"
        ).fetchall()
    assert comment == [("base, application, frontier …",)]


def test_open_database_when_a_column_has_another_type_then_error_names_it(path: Path) -> None:
    with open_database(path) as con:
        con.execute("alter table raw.component alter column line type varchar")
    with pytest.raises(WarehouseError, match=r'raw\."component"\."line" is VARCHAR, should be INTEGER'):
        open_database(path)


def test_open_database_when_a_migration_is_new_then_it_is_applied_once(path: Path, migrations: Path) -> None:
    open_database(path, migrations).close()
    (migrations / "9999_note.sql").write_text(
        "create table meta.note (text varchar); insert into meta.note values ('x')"
    )
    for _ in range(2):
        with open_database(path, migrations) as con:
            assert con.execute("from meta.note").fetchall() == [("x",)]
            names = con.execute("select name from meta.migration order by applied_at").fetchall()
    assert names[0] == ("0001_meta",)
    assert names[-1] == ("9999_note",)
    assert len(names) == len(set(names)) == len(list(migrations.glob("*.sql")))


def test_open_database_when_a_migration_fails_then_nothing_of_it_stays(path: Path, migrations: Path) -> None:
    open_database(path, migrations).close()
    bad = migrations / "9999_bad.sql"
    bad.write_text("create table meta.half (a int); select broken from nowhere")
    with pytest.raises(WarehouseError, match="nowhere"):
        open_database(path, migrations)
    bad.unlink()
    with open_database(path, migrations) as con:
        assert con.execute("select 1 from duckdb_tables() where table_name = 'half'").fetchall() == []


def test_open_database_when_an_applied_migration_was_edited_then_error_names_it(
    path: Path, migrations: Path
) -> None:
    open_database(path, migrations).close()
    with (migrations / "0001_meta.sql").open("a") as file:
        file.write("-- later thought\n")
    with pytest.raises(WarehouseError, match=r"0001_meta\.sql: changed after it was applied"):
        open_database(path, migrations)


def test_open_database_when_made_by_a_newer_version_then_error_says_upgrade(
    path: Path, migrations: Path
) -> None:
    (migrations / "9999_future.sql").write_text("create table meta.future (a int)")
    open_database(path, migrations).close()
    with pytest.raises(
        WarehouseError, match="newer version of chainatlas, which applied 9999_future: upgrade"
    ):
        open_database(path)


def test_open_database_when_another_process_has_it_then_error_names_the_process(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(
            WarehouseError, match=rf"in use by process {holder.pid} .*wait until it ends or stop it"
        ):
            open_database(path)
        holder.communicate()
    open_database(path).close()


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 20_000])
def test_open_database_when_the_file_is_damaged_then_error_says_what_to_do(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(
        WarehouseError, match=r"warehouse\.duckdb: cannot be opened.*move it away and run again"
    ):
        open_database(path)
    assert path.read_bytes() == content


def test_open_database_when_an_earlier_process_died_making_it_then_its_leftovers_are_removed(
    path: Path,
) -> None:
    path.parent.mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    for suffix in ("", ".wal"):
        path.with_name(f"{path.name}.tmp-{dead.pid}{suffix}").write_bytes(b"half")
    open_database(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_open_database_when_the_place_is_a_file_then_error_is_ours(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(WarehouseError, match="cannot be created"):
        open_database(tmp_path / "state" / "warehouse.duckdb")


def test_open_database_whatever_the_time_zone_then_a_timestamp_has_its_utc_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    with open_database(path) as con, con.cursor() as cursor:
        for connection in (con, cursor):
            day = connection.execute("select '2024-01-01 23:30:00+00'::timestamptz::date").fetchall()
            assert day == [(date(2024, 1, 1),)]


def test_transaction_when_the_block_raises_then_nothing_is_changed(path: Path) -> None:
    with open_database(path) as con:
        with pytest.raises(KeyError), transaction(con):
            con.execute("insert into raw.chain (chain_id) values ('c')")
            raise KeyError("stop")
        with pytest.raises(duckdb.ConversionException), transaction(con):
            con.execute("insert into raw.chain (chain_id) values ('c')")
            con.execute("select 'x'::int").fetchall()
        assert con.execute("from raw.chain").fetchall() == []


def test_open_published_when_there_is_none_then_error_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nothing is published yet: `chainatlas run`"):
        open_published(tmp_path / "chainatlas.duckdb")


def test_open_published_when_the_file_is_damaged_then_error_names_it(tmp_path: Path) -> None:
    path = tmp_path / "chainatlas.duckdb"
    path.write_bytes(b"no database")
    with pytest.raises(WarehouseError, match=r"chainatlas\.duckdb: cannot be read"):
        open_published(path)


def test_use_memory_when_a_query_needs_more_then_it_is_put_aside_beside_the_file(tmp_path: Path) -> None:
    ordered = "select max(n) from (select row_number() over (order by hash(range)) as n from range(3000000))"
    with open_database(tmp_path / "warehouse.duckdb") as con, open_in_memory() as elsewhere:
        for each in (con, elsewhere):
            use_memory(each, 32 * 1024 * 1024)
            each.execute("set threads = 1")
        assert con.execute(ordered).fetchall() == [(3_000_000,)]
        with pytest.raises(duckdb.OutOfMemoryException):
            elsewhere.execute(ordered)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("insert into raw.chain (chain_id) values ('c')", "read-only"),
        ("create table raw.mine (a int)", "read-only"),
        ("from read_csv('{secret}')", "disabled by configuration"),
        ("from read_text('{secret}')", "disabled by configuration"),
        ("copy raw.chain to '{secret}'", "disabled by configuration"),
        ("attach '{secret}'", "disabled by configuration"),
        ("from 'http://localhost:1/x.parquet'", "disabled by configuration"),
        ("load '{secret}'", "disabled"),
        ("install httpfs", "disabled|Cannot access"),
        ("set enable_external_access = true", "the configuration has been locked"),
        ("set memory_limit = '1TB'", "the configuration has been locked"),
    ],
)
def test_open_published_when_asked_for_more_than_reading_then_refused(
    empty_warehouse: Path, tmp_path: Path, statement: str, reason: str
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with open_published(empty_warehouse) as con, pytest.raises(duckdb.Error, match=reason):
        con.execute(statement.format(secret=secret))
    assert secret.read_text() == "a\n1\n"
