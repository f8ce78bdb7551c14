"""Load, build and publish one generation of rows after the other, for a test that kills the process."""

import shutil
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from made_shards import write_model, write_shard

from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database
from warehouse.store.load import load_shards
from warehouse.store.publish import publish_warehouse

REPOSITORIES = [f"local/x/{name}" for name in "abc"]
ROWS = 200
CONTEXT = ModelContext(date(2026, 6, 30), b"key")


def write_models(folder: Path) -> None:
    """`core.use` over raw.component and `mart.use` over that."""
    query = "select repo_id, version, count(*) as rows from raw.component group by all"
    write_model(folder, "core/use", query, ["repo_id", "version", "rows"])
    query = "select version, sum(rows)::int as rows from core.use group by all"
    write_model(folder, "chain/use", query, ["version", "rows"])


def publish_generations(state: Path, first: int, last: int, progress: Connection) -> None:
    """Give each repository `ROWS` components of version g and publish, for g from first to last.

    Sends 0 before it opens the warehouse and g when g is published.
    """
    models = discover_models(state.parent / "models")
    progress.send(0)
    with open_database(state / "warehouse.duckdb") as con:
        for generation in range(first, last + 1):
            shutil.rmtree(state / "shards", ignore_errors=True)
            rows = [{"purl": f"pkg:npm/p{i}", "version": str(generation)} for i in range(ROWS)]
            shards = [
                write_shard(state / "shards" / str(i), repo_id, component=rows)
                for i, repo_id in enumerate(REPOSITORIES)
            ]
            assert load_shards(con, shards).refused == {}
            builds = build_models(con, CONTEXT, models=models)
            assert all(build.error is None for build in builds)
            publish_warehouse(con, state / "published" / "chainatlas.duckdb")
            progress.send(generation)
