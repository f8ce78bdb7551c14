"""How evidence and measures of the gaps grow with a made-up region: enterprises × repositories × components.

    python benchmarks/gap_scale.py --enterprises 1000 --repositories 20 --components 50

Rows of `raw.component` are made by DuckDB itself; a tenth of the components are packages that a rule claims.
Prints processor seconds (of all threads, which a busy machine distorts less than wall time) and peak memory
of all core and chain models, for the size given and for `--parts` of it, the exponent between them, and what
cost most.
"""

import argparse
import resource
import tempfile
import time
from datetime import date
from math import log
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.runner import ModelBuild, ModelContext, build_models, discover_models
from warehouse.store.database import open_database, registered
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

_CLAIMED_PARTS = 10
_PACKAGES = 50_000
AS_OF = date(2026, 6, 30)


def make_region(con: DuckDBPyConnection, enterprises: int, repositories: int, components: int) -> None:
    """Fill the raw tables with a region of that size; the same numbers give the same rows."""
    for name, table in load_taxonomy([DEFAULT_FOLDER]).items():
        with registered(con, "made", table):
            con.execute(f'insert into raw."{name}" from made')
    con.execute(f"""
        insert into raw.enterprise by name
        select 'e' || i as enterprise_id, 'enterprise' as kind, 'park' || (i % 20) as park
        from range({enterprises}) as made(i)
    """)
    con.execute(
        "insert into raw.enterprise_domain select enterprise_id, enterprise_id || '.cn' from raw.enterprise"
    )
    con.execute(f"""
        insert into raw.repository by name
        select enterprise_id || '/' || r as repo_id, enterprise_id, 'h' as host, 'r' as name, 'x' as location,
            'git' as kind, 'c' as head_sha, false as is_shallow
        from raw.enterprise cross join range({repositories}) as made(r)
    """)
    con.execute("""
        insert into raw.repository_scan by name
        select repo_id, 'c' as head_sha, scanner, 'succeeded' as status
        from raw.repository cross join (values ('sbom'), ('history')) as made(scanner)
    """)
    con.execute(f"""
        insert into raw.component by name
        with rule as (select purl, row_number() over (order by rule_id) - 1 as number from raw.evidence_rule),
        made as (
            select repo_id, c, hash(repo_id || ':' || c) as h
            from raw.repository cross join range({components}) as made(c)
        )
        select
            repo_id,
            'c' as head_sha,
            coalesce(rule.purl, 'pkg:npm/p' || (h % {_PACKAGES})) || '@1.' || (h % 7) as purl,
            'npm' as type,
            '1.' || (h % 7) as version,
            'required' as scope,
            h % 3 = 0 as direct,
            'lock' as path,
            c + 1 as line,
            'lock' as parser
        from made
        left join rule on c % {_CLAIMED_PARTS} = 0 and rule.number = h % (select count(*) from rule)
    """)
    con.execute("""
        insert into raw.declared_package by name
        select repo_id, 'c' as head_sha, purl, 'manifest' as path, 1 as line
        from (
            select repo_id, hash(repo_id) as h from raw.repository where hash(repo_id) % 20 = 0
        ) as made
        join (select purl, row_number() over (order by rule_id) - 1 as number from raw.evidence_rule) as rule
            on rule.number = made.h % (select count(*) from raw.evidence_rule)
    """)
    con.execute("""
        insert into raw.commit by name
        select
            repo_id,
            repo_id || n as sha,
            md5('dev' || (n % 3) || '@' || enterprise_id || '.cn') as author_id,
            1780000000 + n as authored_at,
            1780000000 + n as committed_at,
            []::varchar[] as parents
        from raw.repository cross join range(6) as made(n)
    """)
    con.execute("""
        insert into raw.identity by name
        select
            repo_id,
            md5(address) as identity_id,
            md5(address) as email_id,
            md5(address) as canonical_email_id,
            false as is_mapped,
            'dev' as name,
            address as email,
            'dev' as canonical_name,
            address as canonical_email
        from (
            select repo_id, 'dev' || n || '@' || enterprise_id || '.cn' as address
            from raw.repository cross join range(3) as made(n)
        )
    """)


def measure(enterprises: int, repositories: int, components: int) -> tuple[int, float, dict[str, float]]:
    """Components, CPU seconds of all core and chain models, and of those that cost most."""
    chain = [name for name, model in discover_models().items() if model.path.parent.name == "chain"]
    models = discover_models(wanted=chain)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "w.duckdb") as con:
        con.execute("set memory_limit = '12GB'")
        make_region(con, enterprises, repositories, components)
        rows = enterprises * repositories * components
        context = ModelContext(AS_OF, b"k" * 32, region={"country": "CN"})
        started = before = time.process_time()
        costs: dict[str, float] = {}

        def note(build: ModelBuild) -> None:
            nonlocal before
            costs[build.name], before = time.process_time() - before, time.process_time()

        builds = build_models(con, context, models, note, models)
        seconds = time.process_time() - started
    if failed := [build.error for build in builds if build.rows is None]:
        raise SystemExit("\n".join(map(str, failed)))
    return rows, seconds, dict(sorted(costs.items(), key=lambda cost: -cost[1])[:8])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=1000)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--components", type=int, default=50)
    parser.add_argument("--parts", type=int, nargs="+", default=[4, 2, 1], help="divisors of the enterprises")
    size = parser.parse_args()
    print("enterprises components CPU_seconds µs/component exponent peak_GiB costliest")
    last: tuple[int, float] | None = None
    for part in size.parts:
        enterprises = size.enterprises // part
        rows, seconds, slowest = measure(enterprises, size.repositories, size.components)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        exponent = f"{log(seconds / last[1]) / log(rows / last[0]):.2f}" if last else ""
        shown = ", ".join(f"{name} {value:.1f}" for name, value in slowest.items())
        print(
            f"{enterprises:11,} {rows:10,} {seconds:11.1f} {seconds / rows * 1e6:12.1f} {exponent:>8}"
            f" {peak:8.1f} {shown}",
            flush=True,
        )
        last = rows, seconds


if __name__ == "__main__":
    main()
