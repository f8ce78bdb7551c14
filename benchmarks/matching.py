"""How fast advisories are loaded and keyed, and how fast many components are matched with them.

    python benchmarks/matching.py FOLDER [--components N]

FOLDER holds OSV files (`.jsonl.gz`, `.zip` …). Components are made of the packages and versions that the
advisories name and of others; the same random seed gives the same rows. Times are wall and CPU seconds of one
process; on a busy machine the CPU seconds are the ones to compare.
"""

import argparse
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa

from warehouse.advisories.ecosystems import ecosystems
from warehouse.advisories.load import load_advisories
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database, registered
from warehouse.store.load import replace_tables
from warehouse.store.schema import RAW_TABLES

SEED = 20260701
REPOSITORIES = 2000
SHARED_BY = 7
"""Rows for each distinct purl."""
MATCHING = (
    "core.osv_package",
    "core.version_key",
    "core.advisory_match",
    "mart.exposure_window",
    "mart.vulnerability_exposure",
)
"""The models that a change of the components makes stale."""
READY = ("core.component", "core.advisory_entry", "core.advisory_group_fact")


@contextmanager
def measured(what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:58} {wall:8.2f} s wall {cpu:8.2f} s CPU {peak:8.0f} MiB peak")


def make_components(tables: dict[str, pa.Table], count: int) -> pa.Table:
    """`count` rows of `count` / `SHARED_BY` distinct purls.

    A fifth of the purls are of packages with advisories, half of those of a version that an advisory names.
    """
    rng = random.Random(SEED)
    named: dict[tuple[str, str], set[str]] = {}
    fixed: defaultdict[str, set[str]] = defaultdict(set)
    for row in tables["advisory_affected"].select(["match_key", "fixed"]).to_pylist():
        fixed[row["match_key"]] |= {row["fixed"]} - {None}
    for row in tables["advisory_package"].select(["ecosystem", "name", "match_key"]).to_pylist():
        known = ecosystems().get((row["ecosystem"] or "").partition(":")[0])
        if known is not None and known.purl and known.suffix != "release":
            named.setdefault((known.purl[0], row["name"]), {"1.0.0"}).update(fixed[row["match_key"]])
    packages = [(kind, name, sorted(versions)) for (kind, name), versions in sorted(named.items())]
    purls = []
    for number in range(count // SHARED_BY):
        kind, name, versions = rng.choice(packages)
        if number % 5:
            name = f"{name}-{rng.randrange(5)}"
        version = ".".join(str(rng.randrange(most)) for most in (12, 40, 9))
        version = rng.choice(versions) if rng.random() < 0.5 else version
        purls.append((f"pkg:{kind}/{name.replace(':', '/').replace('@', '%40')}@{version}", version))
    chosen = [rng.choice(purls) for _ in range(count)]
    columns: dict[str, list[object]] = {
        "repo_id": [f"h/o/{rng.randrange(REPOSITORIES)}" for _ in range(count)],
        "purl": [purl for purl, _ in chosen],
        "version": [version for _, version in chosen],
        "path": ["lock"] * count,
        "line": [number % 5000 for number in range(count)],
    }
    schema = RAW_TABLES["component"].schema
    return pa.table({f.name: columns.get(f.name, pa.nulls(count, f.type)) for f in schema}, schema=schema)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--components", type=int, default=1_000_000)
    arguments = parser.parse_args()
    models = discover_models()
    with measured("read, validate and key the advisories"):
        tables = load_advisories([arguments.folder])
    print("   ", {name: table.num_rows for name, table in tables.items() if table.num_rows})
    with tempfile.TemporaryDirectory() as folder, closing(open_database(Path(folder) / "w.duckdb")) as con:
        con.execute("set memory_limit = '700MB'")
        with measured("store the advisories"):
            replace_tables(con, tables)
        components = make_components(tables, arguments.components)
        del tables
        with registered(con, "made", components):
            con.execute("insert into raw.component from made")
            con.execute(
                "insert into raw.repository (repo_id, enterprise_id) select distinct repo_id, 'e' from made"
            )
        del components
        context = ModelContext(date(2026, 7, 1), b"k")
        before = discover_models(wanted=READY).keys() - MATCHING
        with measured("models that matching reads"):
            build_models(con, context, before, models=models)
        for name in MATCHING:
            with measured(f"match: {name}"):
                [build] = build_models(con, context, {name}, models=models)
            print(f"    {build.rows} rows {build.error or ''}")
        question = "select count(*) from mart.vulnerability_exposure where group_id = 'CVE-2021-44228'"
        with measured("where am I affected by one vulnerability (mart)"):
            print("   ", con.execute(question).fetchall())


if __name__ == "__main__":
    main()
