"""Models built for what changed hold what a full build would give them, and the copy what they hold."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from changed_region import CHANGES
from duckdb import DuckDBPyConnection
from given_rows import KEY
from test_models import AS_OF, REGION
from test_spark import insert_all, rows

from warehouse.ledger import Content, measure_content
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database, open_published, transaction
from warehouse.store.publish import publish_warehouse
from warehouse.store.schema import RAW_TABLES
from warehouse.store.table_versions import bump_versions

MODELS = discover_models()
CONTEXT = ModelContext(AS_OF, KEY, show_people=True, region=REGION)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse over the rows of all cases, with every model; not to be written."""
    path = tmp_path_factory.mktemp("region") / "region.duckdb"
    with closing(open_database(path)) as con:
        with transaction(con):
            insert_all(con)
            bump_versions(con, RAW_TABLES)
        build(con, CONTEXT)
    return path


@pytest.mark.slow
def test_build_models_when_a_region_changes_at_random_then_every_table_is_that_of_a_full_build(
    region: Path, tmp_path: Path
) -> None:
    check_changes(region, tmp_path, seed=7, steps=1, changes=3)


@pytest.mark.slow
def test_model_when_what_it_reads_lies_in_another_order_then_no_digit_differs(
    region: Path, tmp_path: Path
) -> None:
    with closing(open_database(Path(shutil.copy(region, tmp_path)))) as con:
        make_uneven(con)
        found: dict[str, set[Content]] = {}
        for order in ("rowid", "rowid desc", "hash(rowid)"):
            con.execute("attach ':memory:' as sorted")
            for name in [*RAW_TABLES, *MODELS, "meta.parameter"]:
                table = name if "." in name else f"raw.{name}"
                con.execute(f"create schema if not exists sorted.{table.partition('.')[0]}")
                con.execute(f"create table sorted.{table} as from {table} order by {order}")
            con.execute("use sorted")
            for name, model in MODELS.items():
                if model.query is not None:
                    found.setdefault(name, set()).add(measure_content(con, model, f"from ({model.query})"))
            con.execute("use region; detach sorted")
    assert found
    assert not [name for name, contents in found.items() if len(contents) > 1]


def make_uneven(con: DuckDBPyConnection) -> None:
    """Scale every fraction, equal ones alike, so that hardly a sum of them is exact."""
    columns = con.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        " where data_type = 'DOUBLE' and schema_name in ('raw', 'core', 'mart') and table_name <> 'scoring'"
    ).fetchall()
    for table, column in columns:
        con.execute(
            f'update {table} set "{column}" = "{column}" * (0.5 + hash("{column}") % 1000003 / 1000003)'
        )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_build_models_when_a_region_changes_again_and_again_then_every_table_is_that_of_a_full_build(
    region: Path, tmp_path: Path, seed: int
) -> None:
    check_changes(region, tmp_path, seed=seed, steps=6, changes=2)


def check_changes(region: Path, folder: Path, seed: int, steps: int, changes: int) -> None:
    rng, context = Random(seed), CONTEXT
    in_part: set[str] = set()
    with closing(open_database(Path(shutil.copy(region, folder)))) as con:
        publish_warehouse(con, folder / "published.duckdb")
        for step in range(steps):
            chosen = rng.sample(CHANGES, changes)
            for number, change in enumerate(chosen):
                change(con, rng, folder / f"{step}-{number}")
            if rng.random() < 0.1:
                context = replace(context, as_of=context.as_of + timedelta(days=1))
            in_part |= build(con, context)
            told = f"seed {seed}, step {step}: {', '.join(change.__name__ for change in chosen)}"
            compare(con, context, folder / "full.duckdb", told)
            compare_published(con, folder / "published.duckdb", told)
    wanted = {name for name, model in MODELS.items() if model.incremental is not None}
    assert len(in_part) > len(wanted) / 2


def build(con: DuckDBPyConnection, context: ModelContext) -> set[str]:
    """Build all models; returns those that were built for some repositories."""
    builds = build_models(con, context, models=MODELS)
    assert not [build.error for build in builds if build.error]
    return {build.name for build in builds if build.status == "built" and build.part_keys is not None}


def compare(con: DuckDBPyConnection, context: ModelContext, copy: Path, told: str) -> None:
    """Hold every table against that of a warehouse which forgot all builds."""
    con.execute("checkpoint")
    [(path,)] = con.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    shutil.copy(path, copy)
    with closing(open_database(copy)) as full:
        full.execute("delete from meta.model_build")
        assert not build(full, context)
        differing = [name for name in MODELS if rows(con, name) != rows(full, name)]
        assert not differing, told
    copy.unlink()


def compare_published(con: DuckDBPyConnection, copy: Path, told: str) -> None:
    """Publish, and hold every table of models in the copy against that of the warehouse."""
    publish_warehouse(con, copy)
    with closing(open_published(copy)) as published:
        differing = [name for name in MODELS if rows(con, name) != rows(published, name)]
        assert not differing, told
