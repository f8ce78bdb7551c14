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

from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database, open_published, transaction
from warehouse.store.publish import publish_warehouse
from warehouse.store.schema import RAW_TABLES
from warehouse.store.table_versions import bump_versions

MODELS = discover_models()
CONTEXT = ModelContext(AS_OF, KEY, show_people=True, region=REGION)


@pytest.mark.slow
def test_build_models_when_a_region_changes_at_random_then_every_table_is_that_of_a_full_build(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    check_changes(con, tmp_path, seed=7, steps=1, changes=3)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_build_models_when_a_region_changes_again_and_again_then_every_table_is_that_of_a_full_build(
    con: DuckDBPyConnection, tmp_path: Path, seed: int
) -> None:
    check_changes(con, tmp_path, seed=seed, steps=6, changes=2)


def check_changes(con: DuckDBPyConnection, folder: Path, seed: int, steps: int, changes: int) -> None:
    rng = Random(seed)
    with transaction(con):
        insert_all(con)
        bump_versions(con, RAW_TABLES)
    context = CONTEXT
    build(con, context)
    publish_warehouse(con, folder / "published.duckdb")
    in_part: set[str] = set()
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
