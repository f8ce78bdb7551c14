"""How long the report of a large region takes and how large its pages are, over a made-up warehouse.

    python benchmarks/report_scale.py --enterprises 1000 --repositories 5 --components 60

The region is that of `gap_scale.py` with names, advisories, cryptography and commits, so that every
figure has rows. Prints CPU and wall seconds of building the folder, the number of files and the largest ones,
and the share of files over 2 MB, plotly's own left out.
"""

import argparse
import tempfile
import time
from pathlib import Path

from duckdb import DuckDBPyConnection
from gap_scale import AS_OF, make_region

from reports.site import build_report
from warehouse.runner import ModelContext, build_models
from warehouse.store.database import open_database
from warehouse.store.publish import publish_warehouse

LARGEST = 2_000_000


def enrich(con: DuckDBPyConnection) -> None:
    """What the region of the gaps lacks: names, districts, vulnerabilities, cryptography, people."""
    con.execute(
        "update raw.enterprise set name_zh = '第 ' || enterprise_id || ' 家企业',"
        " name_en = 'Company ' || enterprise_id, district = 'district' || (hash(enterprise_id) % 12)::varchar"
    )
    con.execute("""
        insert into raw.repository_scan by name
        select repo_id, 'c' as head_sha, 'crypto' as scanner, '1' as scanner_version, 'succeeded' as status
        from raw.repository
    """)
    con.execute("""
        insert into raw.crypto_occurrence by name
        select repo_id, 'c' as head_sha, 'src/File' || n || '.java' as path, 10 + n as line, 1 as "column",
            'java' as language, 'JCA' as library, 'MessageDigest.getInstance' as api,
            family, family as algorithm,
            'hash' as primitive, 'high' as confidence, 'main' as context
        from (
            select repo_id, n, ['MD5', 'SHA-256', 'RSA', 'AES', 'SM2', 'SM3', 'SM4', 'ECDSA'][
                1 + (hash(repo_id || n) % 8)::int
            ] as family
            from raw.repository cross join range(12) as made(n)
        )
    """)
    con.execute("""
        insert into raw.commit by name
        select repo_id, 'c' as head_sha, md5(repo_id || n) as sha, md5(enterprise_id || (n % 7)) as author_id,
            md5(enterprise_id || (n % 7)) as committer_id, 1735689600 + n * 800000 as authored_at,
            0 as author_offset, 1735689600 + n * 800000 as committed_at, 0 as committer_offset, [] as parents,
            true as first_parent, 2 as files, 10 as added, 3 as deleted,
            false as vanished
        from raw.repository cross join range(40) as made(n)
    """)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--enterprises", type=int, default=1000)
    parser.add_argument("--repositories", type=int, default=5, help="of each enterprise")
    parser.add_argument("--components", type=int, default=60, help="of each repository")
    parser.add_argument("--keep", type=Path, help="a folder to leave warehouse and report in")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = wanted.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        published = folder / "published" / "chainatlas.duckdb"
        if not published.is_file():
            with open_database(folder / "warehouse.duckdb") as con:
                make_region(con, wanted.enterprises, wanted.repositories, wanted.components)
                enrich(con)
                context = ModelContext(as_of=AS_OF, person_key=b"k" * 32, region={"country": "CN"})
                failed = [build.name for build in build_models(con, context) if build.error]
                print("models that failed:", failed or "none")
                publish_warehouse(con, published)
        wall, cpu = time.perf_counter(), time.process_time()
        build_report(published, folder / "report")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        files = [file for file in (folder / "report").rglob("*") if file.is_file()]
        files.sort(key=lambda file: -file.stat().st_size)
        total = sum(file.stat().st_size for file in files)
        print(f"report: {cpu:.1f} s CPU, {wall:.1f} s wall, {len(files)} files, {total / 1e6:.0f} MB")
        for file in files[:8]:
            print(f"  {file.stat().st_size / 1e6:6.2f} MB {file.relative_to(folder)}")
        large = [file for file in files if file.stat().st_size > LARGEST and file.name != "plotly.js"]
        print(f"files over 2 MB, plotly's left out: {len(large)}; pages over 2 MB: "
              f"{sum(file.suffix == '.html' for file in large)}")  # fmt: skip


if __name__ == "__main__":
    main()
