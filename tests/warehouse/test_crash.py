"""A run killed with SIGKILL at a random moment leaves a warehouse that opens, and the last answers."""

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from publish_generations import REPOSITORIES, ROWS, publish_generations, write_models

from warehouse.store.database import open_database, open_published

KILLS = 10
BUILT = ("raw.component", "core.use", "mart.use")
PUBLISHED = Path("published/chainatlas.duckdb")

# A fork server imports once, so that each of the processes to kill starts at once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["warehouse.runner", "warehouse.store.load", "warehouse.store.publish"])


def run(state: Path, first: int, last: int, seconds: float | None = None) -> float:
    """Publish generations in a process of their own, killed `seconds` after it began; returns its time."""
    progress, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=publish_generations, args=(state, first, last, theirs))
    process.start()
    theirs.close()
    assert progress.recv() == 0
    started = time.perf_counter()
    if seconds is not None:
        time.sleep(seconds)
        assert process.is_alive()
        process.kill()
    process.join()
    assert process.exitcode == (0 if seconds is None else -9)
    process.close()
    progress.close()
    return time.perf_counter() - started


def generation_of(con: DuckDBPyConnection, table: str) -> int:
    """The generation of a table, 0 if it is empty or not there; it must have all rows of that one alone."""
    if not con.execute("from duckdb_tables() where schema_name || '.' || table_name = ?", [table]).fetchall():
        return 0
    count = "count(*)" if table == "raw.component" else "sum(rows)"
    found = con.execute(f"select version::int, {count} from {table} group by all").fetchall()
    if not found:
        return 0
    [(generation, rows)] = found
    assert rows == ROWS * len(REPOSITORIES)
    return int(generation)


def published_generation(state: Path) -> int:
    """The generation of the published copy, the same in all its tables; 0 if nothing was ever published."""
    if not (state / PUBLISHED).exists():
        return 0
    with open_published(state / PUBLISHED) as con:
        [generation] = {generation_of(con, table) for table in BUILT}
    assert generation > 0
    return generation


def published_rows(state: Path) -> list[list[tuple[object, ...]]]:
    with open_published(state / PUBLISHED) as con:
        return [
            con.execute(f"from {table} order by all").fetchall() for table in (*BUILT, "meta.model_lineage")
        ]


@pytest.mark.slow
def test_warehouse_when_runs_are_killed_at_random_moments_then_every_state_is_whole(tmp_path: Path) -> None:
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    write_models(tmp_path / "models")
    usual = run(undisturbed, 1, 1)
    moments = random.Random(20260630)
    for kill in range(KILLS):
        if kill == KILLS // 2:
            run(killed, 1000 * kill, 1000 * kill)
        before = published_generation(killed)
        run(killed, 1000 * kill + 1, 1000 * kill + 999, moments.uniform(0, usual))
        published = published_generation(killed)
        assert published == before or published > 1000 * kill
        with open_database(killed / "warehouse.duckdb") as con:
            loaded, core, mart = (generation_of(con, table) for table in BUILT)
        assert loaded >= core >= mart >= published >= before
    assert published_generation(killed) > 0

    final = 1000 * KILLS
    for state in (killed, undisturbed):
        run(state, final, final)
    assert published_generation(killed) == final
    assert published_rows(killed) == published_rows(undisturbed)
    assert [file.name for file in (killed / PUBLISHED).parent.iterdir()] == [PUBLISHED.name]
