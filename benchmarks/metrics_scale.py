"""All models of contributions over made-up histories, issues and change requests.

    python benchmarks/metrics_scale.py [--commits 10000000] [--threads 2000000]

Half of the threads are issues, half change requests, with one comment and every third change request with a
review. People are of a power law and work in up to three repositories each. Rows lie as they are loaded: one
repository after another, its newest commits first. Prints processor and wall seconds of all models that the
folder `contribution` needs, and of each.
"""

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database
from warehouse.store.load import replace_table
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

_AS_OF = date(2026, 6, 30)
_LAST = 1_782_000_000
_ENDPOINTS = [
    "repository",
    "issues",
    "comments",
    "code_comments",
    "releases",
    "tags",
    "contributors",
    "details",
]
_YEARS = 8 * 365 * 86_400


def make_histories(con: DuckDBPyConnection, commits: int) -> None:
    """Repositories of about 10,000 commits, people of a power law who work in up to three of them each."""
    repositories, people = max(commits // 10_000, 4), max(commits // 50, 50)
    con.execute(f"""
        insert into raw.enterprise by name
        select 'e' || n as enterprise_id, 'enterprise' as kind, 'E' || n as name_en
        from range({repositories // 4}) as made(n)
    """)
    con.execute("""
        insert into raw.enterprise_domain select enterprise_id, enterprise_id || '.cn' from raw.enterprise
    """)
    con.execute(f"""
        insert into raw.repository by name
        select 'r' || n as repo_id, 'e' || (n % {repositories // 4}) as enterprise_id, 'git' as kind,
            false as is_shallow
        from range({repositories}) as made(n)
    """)
    con.execute("""
        insert into raw.repository_scan by name
        select repo_id, 'history' as scanner, 'succeeded' as status from raw.repository
    """)
    con.execute(f"""
        insert into raw.commit by name
        select
            'r' || ((person * 7919 + hash(n + 2) % 3) % {repositories}) as repo_id,
            'c' || n as sha,
            'p' || person as author_id,
            {_LAST} - (hash(n + 1) % {_YEARS}) as authored_at,
            {_LAST} - (hash(n + 1) % {_YEARS}) as committed_at,
            if(n % 8 = 0, ['x', 'y'], ['x']) as parents,
            n % 3 = 0 as first_parent,
            2 as files,
            10 as added,
            3 as deleted
        from (
            select n, cast(pow(hash(n) % 1000000 / 1000000.0, 3) * {people} as bigint) as person
            from range({commits}) as made(n)
        )
        order by repo_id, authored_at desc
    """)
    con.execute("""
        insert into raw.commit_language by name
        select repo_id, sha, if(hash(sha) % 3 = 0, 'Java', 'Go') as language, files, added, deleted from
            raw.commit
    """)
    con.execute("""
        insert into raw.identity by name
        select
            repo_id,
            author_id as identity_id,
            md5(author_id) as email_id,
            md5(author_id) as canonical_email_id,
            false as is_mapped,
            'Some ' || author_id as name,
            author_id || '@' || if(hash(author_id) % 2 = 0, 'qq.com', 'e1.cn') as email,
            'Some ' || author_id as canonical_name,
            author_id || '@' || if(hash(author_id) % 2 = 0, 'qq.com', 'e1.cn') as canonical_email
        from (select distinct repo_id, author_id from raw.commit)
    """)
    con.execute(f"""
        insert into raw.tag by name
        select 'r' || (n % {repositories}) as repo_id, 'v1.' || n as name, 'c' as commit_sha,
            {_LAST} - (hash(n) % {_YEARS}) as committed_at
        from range({repositories * 50}) as made(n)
    """)


def make_threads(con: DuckDBPyConnection, threads: int) -> None:
    """Issues and change requests of a tenth of the repositories, by a tenth as many accounts."""
    [(repositories,)] = con.execute("select greatest(count(*) // 10, 1) from raw.repository").fetchall()
    accounts = max(threads // 10, 10)
    moment = f"to_timestamp({_LAST} - (hash(n) % {_YEARS}))"
    account = f"cast(hash(n) % {accounts} as bigint)"
    thread = f"""
        'github.com' as forge, ({account} * 31 + n % 3) % {repositories} as repository_id,
        cast(n as varchar) as number, 'a' || {account} as author_id, {moment} as created_at
    """

    def other(number: str, step: int) -> str:
        """Another account that works in the same repositories as the author of a thread."""
        place = f"hash(cast({number} as bigint)) % {accounts} + {step * repositories}"
        return f"'a' || (({place}) % {accounts})"

    con.execute(f"""
        insert into raw.forge_repository by name
        select 'github.com' as forge, n as repository_id, 'r' || n as repo_id from range({repositories}) as
            made(n)
    """)
    con.execute(f"""
        insert into raw.forge_crawl by name
        select
            'github.com' as forge, 'github.com/r' || n as subject, n as repository_id, endpoint,
            'complete' as status, to_timestamp({_LAST}) as covered_to, to_timestamp({_LAST}) as ended_at
        from range({repositories}) as made(n)
        cross join (select unnest({_ENDPOINTS}) as endpoint)
    """)
    con.execute(f"""
        insert into raw.forge_account by name
        select 'github.com' as forge, 'a' || n as account_id, 'user' as kind, 'l' || n as login
        from range({accounts}) as made(n)
    """)
    con.execute(f"""
        insert into raw.issue by name
        select {thread}, 'open' as state from range({threads // 2}) as made(n) order by repository_id, n
    """)
    con.execute(f"""
        insert into raw.change_request by name
        select {thread}, 'merged' as state, {moment} + interval 2 day as merged_at,
            {moment} + interval 2 day as closed_at, {other("n", 2)} as merged_by_id
        from range({threads // 2}) as made(n)
        order by repository_id, n
    """)
    for table in ("issue", "change_request"):
        con.execute(f"""
            insert into raw.comment by name
            select forge, repository_id, number, '{table}' as thread, false as on_code,
                {other("number", 1)} as author_id, created_at + interval 1 day as created_at
            from raw.{table}
        """)
    con.execute(f"""
        insert into raw.review by name
        select forge, repository_id, number, {other("number", 2)} as author_id,
            created_at + interval 1 day as submitted_at
        from raw.change_request where hash(number) % 3 = 0
    """)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--commits", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=2_000_000)
    size = parser.parse_args()
    own = [name for name, model in discover_models().items() if model.path.parent.name == "contribution"]
    models = discover_models(wanted=own)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "w.duckdb") as con:
        for name, table in load_taxonomy([DEFAULT_FOLDER]).items():
            replace_table(con, name, table)
        make_histories(con, size.commits)
        make_threads(con, size.threads)
        used, started = time.process_time(), time.perf_counter()
        builds = build_models(
            con, ModelContext(_AS_OF, b"k" * 32, region={"country": "CN"}), models, models=models
        )
        cpu, wall = time.process_time() - used, time.perf_counter() - started
    if failed := [build.error for build in builds if build.rows is None]:
        raise SystemExit("\n".join(map(str, failed)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = f"{size.commits:,} commits, {size.threads:,} threads"
    print(f"{rows}: {cpu:.1f} CPU s, {wall:.1f} wall s, {peak:.1f} GiB")
    for build in sorted(builds, key=lambda build: -build.wall_ms):
        print(f"  {build.name:36} {build.wall_ms / 1000:7.1f} s {build.rows or 0:12,} rows")


if __name__ == "__main__":
    main()
