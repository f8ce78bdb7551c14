"""Load 1,000 shards with 2 million component rows, against a plain `insert … select from read_parquet`.

    python benchmarks/load.py [--shards 1000] [--rows 2000] [--rounds 3]

Prints the best of the rounds for each step; every round uses new files in a temporary folder. The peer
inserts the same component files into an empty table of an empty database with one statement: no checks, no
replacement, no other table.
"""

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.store.database import open_database
from warehouse.store.load import load_shards
from warehouse.store.publish import publish_warehouse
from warehouse.store.schema import RAW_TABLES


def write_shards(folder: Path, shards: int, rows: int) -> list[Path]:
    """Shards with `rows` npm components each, about as varied as a large lock file."""
    schema = RAW_TABLES["component"].schema
    fixed = {
        "head_sha": "0123456789abcdef0123456789abcdef01234567",
        "type": "npm",
        "scope": "required",
        "licence": "MIT",
        "path": "package-lock.json",
        "parser": "npm-lock",
        "parser_version": "1",
    }
    names = [f"package-{i}" for i in range(rows)]
    paths = []
    for number in range(shards):
        path, repo_id = folder / str(number), f"git.example/org/repository-{number}"
        path.mkdir(parents=True)
        versions = [f"{number % 7}.{i % 23}.{i % 11}" for i in range(rows)]
        varied = {
            "name": pa.array(names),
            "version": pa.array(versions),
            "purl": pa.array(
                [f"pkg:npm/{name}@{version}" for name, version in zip(names, versions, strict=True)]
            ),
            "line": pa.array(range(10, 10 + 7 * rows, 7), pa.int32()),
            "direct": pa.array([i % 20 == 0 for i in range(rows)]),
            "hashes": pa.array([[f"SHA-512:{number * rows + i:0128x}"] for i in range(rows)]),
        }
        constant = {**fixed, "repo_id": repo_id}
        table = pa.table(
            [varied.get(f.name, pa.array([constant.get(f.name)] * rows, f.type)) for f in schema],
            schema=schema,
        )
        pq.write_table(table, path / "component.parquet", compression="zstd")
        scan = {"repo_id": repo_id, "scanner": "sbom", "status": "succeeded"}
        scan_schema = RAW_TABLES["repository_scan"].schema
        pq.write_table(
            pa.Table.from_pylist([{name: scan.get(name) for name in scan_schema.names}], scan_schema),
            path / "repository_scan.parquet",
        )
        (path / "shard.json").write_text(
            json.dumps({"repo_id": repo_id, "scanner": "sbom", "mode": "replace"})
        )
        paths.append(path)
    return paths


def insert_plainly(database: Path, shards: list[Path]) -> None:
    """The peer: one statement into an empty table."""
    with duckdb.connect(database) as con:
        files = [str(shard / "component.parquet") for shard in shards]
        con.execute("create table component as select * from read_parquet(?) limit 0", [files])
        con.execute("insert into component select * from read_parquet(?)", [files])


def timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def run_round(folder: Path, shards: list[Path]) -> dict[str, float]:
    """Seconds of each step."""
    plain, database, published = (
        folder / "plain.duckdb",
        folder / "warehouse.duckdb",
        folder / "published.duckdb",
    )
    times = {"plain insert": timed(lambda: insert_plainly(plain, shards))}
    few = shards[:: max(1, len(shards) // 10)]

    def load_first() -> None:
        with open_database(database) as con:
            assert len(load_shards(con, shards).loaded) == len(shards)

    times["load into an empty warehouse"] = timed(load_first)
    with open_database(database) as con:
        times["load all again, replacing"] = timed(lambda: load_shards(con, shards))
        times[f"load {len(few)} again, replacing"] = timed(lambda: load_shards(con, few))
        times["publish"] = timed(lambda: publish_warehouse(con, published))
        rows = con.execute("select count(*) from raw.component").fetchall()
    with duckdb.connect(plain, read_only=True) as con:
        assert con.execute("select count(*) from component").fetchall() == rows
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shards", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shards = write_shards(folder / "shards", options.shards, options.rows)
        rounds = []
        for number in range(options.rounds):
            state = folder / f"round-{number}"
            state.mkdir()
            rounds.append(run_round(state, shards))
            shutil.rmtree(state)
    total = options.shards * options.rows
    best = {step: min(times[step] for times in rounds) for step in rounds[0]}
    print(f"{options.shards} shards, {total:,} component rows, DuckDB {duckdb.__version__}")
    for step, seconds in best.items():
        ratio = seconds / best["plain insert"]
        print(f"{step:32} {seconds:7.2f} s  {total / seconds:12,.0f} rows/s of the total  ratio {ratio:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
