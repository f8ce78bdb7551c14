"""A warehouse that the first schema made is brought up to date, and answers as a new one does."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import MIGRATIONS, open_database, open_published
from warehouse.store.publish import publish_warehouse
from warehouse.store.schema import RAW_TABLES

FIRST = Path(__file__).parents[1] / "fixtures" / "warehouses" / "first_schema.sql"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("first") / "warehouse.duckdb"
    with closing(duckdb.connect(path)) as made:
        made.execute(FIRST.read_text("utf-8"))
        made.execute("create table raw.advisory_alias (alias varchar)")
        made.execute("create table raw.advisory_package (source varchar, fixed_versions varchar[])")
    with closing(open_database(path)) as con:
        yield con


def test_warehouse_when_the_first_schema_made_it_then_has_every_table_column_and_migration(
    con: DuckDBPyConnection,
) -> None:
    found = set(
        con.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
        ).fetchall()
    )
    assert {(table.name, name) for table in RAW_TABLES.values() for name in table.schema.names} <= found
    applied = [name for (name,) in con.execute("select name from meta.migration order by name").fetchall()]
    assert applied == sorted(file.stem for file in MIGRATIONS.glob("*.sql"))


def test_warehouse_when_upgraded_then_what_is_no_longer_read_is_gone(con: DuckDBPyConnection) -> None:
    left = con.execute(
        "select table_name, column_name from duckdb_columns()"
        " where table_name = 'advisory_alias' or column_name = 'fixed_versions'"
    ).fetchall()
    assert left == []


def test_warehouse_when_upgraded_then_facts_stay_and_what_named_people_is_read_anew(
    con: DuckDBPyConnection,
) -> None:
    assert con.execute("select purl, version, licence, line from raw.component").fetchall() == [
        ("pkg:npm/lodash@4.17.21", "4.17.21", "MIT", 7)
    ]
    assert con.execute("select kind, reason from raw.unknown").fetchall() == [("broken", "no JSON")]
    assert con.execute("select run_id, status from meta.run").fetchall() == [("run-1", "succeeded")]
    assert con.execute("from raw.commit").fetchall() == []
    columns = {name for name, *_ in con.execute("describe raw.commit").fetchall()}
    assert not columns & {"author_name", "author_email", "committer_name", "committer_email"}


def test_warehouse_when_upgraded_then_models_are_built_and_published(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    models = discover_models(wanted=["mart.scan_failure", "core.package_key"])
    builds = build_models(con, ModelContext(date(2026, 1, 1), b"key"), list(models), models=models)
    assert [build.error for build in builds if build.status != "built"] == []
    publish_warehouse(con, tmp_path / "published.duckdb")
    with closing(open_published(tmp_path / "published.duckdb")) as published:
        assert published.execute("select count(*) from raw.component").fetchall() == [(1,)]
        assert published.execute("select purl from core.package_key").fetchall() == [
            ("pkg:npm/lodash@4.17.21",)
        ]
