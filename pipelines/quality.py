"""What must hold of the tables, as plain questions to the warehouse; see `pipelines.checks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.scan_job import DUE_SCANNERS
from warehouse.store.database import quote_name
from warehouse.store.schema import EVENT_KEYS, FORGE_KEYS

RAW_KEYS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("enterprise_id",),
    "enterprise_domain": ("enterprise_id", "domain"),
    "repository": ("repo_id",),
    "repository_scan": ("repo_id", "scanner"),
    "crypto_algorithm": ("algorithm",),
    "crypto_rule": ("policy", "rule"),
    "crypto_replacement": ("policy", "replacement"),
    "crypto_effort": ("effort",),
    "crypto_replacement_library": ("language",),
    "crypto_library": ("library",),
    "crypto_library_api": ("library", "language", "symbol", "rule_libraries"),
    "commit": ("repo_id", "sha"),
    "commit_language": ("repo_id", "sha", "language"),
    "organization": ("organization_id",),
    "chain": ("chain_id",),
    "segment": ("segment_id",),
    "evidence_rule": ("rule_id",),
    "algorithm_rule": ("rule_id",),
    "kev": ("cve",),
    "epss": ("cve",),
    "vulnrichment": ("cve",),
    "end_of_life": ("product", "cycle"),
    **FORGE_KEYS,
    **EVENT_KEYS,
    "mirror": ("repo_id",),
    "package": ("purl",),
    "package_release": ("purl", "version"),
}
"""Columns that name one row. Components and edges have none: a file may name a package twice on one line."""

COVERED_SHARE = 0.95
"""Share of the repositories that must have been scanned."""
FRESH_HOURS = 36
"""A nightly run that was missed once is late."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of a check, with numbers and examples worth seeing."""

    passed: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


def check_keys(con: DuckDBPyConnection, keys: Mapping[str, Sequence[str]]) -> Finding:
    """No two rows of a table have the same key; `keys` names its columns by `schema.table`."""
    doubles = {table: found for table, key in keys.items() if (found := _doubles(con, table, key))}
    return Finding(not doubles, {"tables": len(keys), "doubles": doubles})


def _doubles(con: DuckDBPyConnection, table: str, key: Sequence[str]) -> list[list[str]]:
    """Some keys that several rows have, with the number of those rows."""
    schema, name = map(quote_name, table.split("."))
    columns = ", ".join(map(quote_name, key))
    several = f"from {schema}.{name} group by all having count(*) > 1"
    # Digests of millions of rows are grouped in a third of the time that their texts take.
    if not con.execute(f"select hash({columns}) {several} limit 1").fetchall():
        return []
    rows = con.execute(f"select {columns}, count(*) {several} order by all limit {_SHOWN}").fetchall()
    return [list(map(str, row)) for row in rows]


def check_edges(con: DuckDBPyConnection) -> Finding:
    """Both ends of an edge are components of the repository, or packages that it declares.

    A Maven module inherits dependencies whose components stand in its parent's file.
    """
    dangling = con.execute(
        """
        with ends as (
            select repo_id, path, from_purl as purl from raw.dependency where from_purl is not null
            union
            select repo_id, path, to_purl from raw.dependency
        )
        select repo_id, path, purl
        from ends
        anti join raw.component using (repo_id, purl)
        anti join raw.declared_package using (repo_id, purl)
        order by all
        """
    ).fetchall()
    return Finding(
        not dangling, {"dangling": len(dangling), "examples": [list(row) for row in dangling[:_SHOWN]]}
    )


def check_owners(con: DuckDBPyConnection) -> Finding:
    """Every repository belongs to an enterprise or community of the workspace, every fact to a repository."""
    ownerless = con.execute(
        "select repo_id from raw.repository anti join raw.enterprise using (enterprise_id) order by all"
    ).fetchall()
    homeless = con.execute(
        "select distinct repo_id from raw.repository_scan anti join raw.repository using (repo_id) order by 1"
    ).fetchall()
    examples = [repo_id for (repo_id,) in [*ownerless, *homeless][:_SHOWN]]
    facts = {"without owner": len(ownerless), "not in the workspace": len(homeless), "examples": examples}
    return Finding(not ownerless and not homeless, facts)


def check_coverage(con: DuckDBPyConnection) -> Finding:
    """At least `COVERED_SHARE` of the repositories have been scanned, by every scanner that is due."""
    total, covered = con.execute(
        """
        select
            count(*),
            count(*) filter (where failed = 0 and scans = due.scanners[kind])
        from (
            select repo_id, kind, count(scanner) as scans, count(*) filter (where status = 'failed') as failed
            from raw.repository left join raw.repository_scan using (repo_id)
            group by all
        )
        cross join (select ?::map(varchar, bigint) as scanners) as due
        """,
        [{kind: len(scanners) for kind, scanners in DUE_SCANNERS.items()}],
    ).fetchall()[0]
    share = covered / total if total else None
    return Finding(
        share is not None and share >= COVERED_SHARE,
        {"repositories": total, "scanned": covered, "share": share, "wanted": COVERED_SHARE},
    )


def check_freshness(con: DuckDBPyConnection, published_at: datetime | None, now: datetime) -> Finding:
    """The facts are of the commits that the HEADs name, and were published within `FRESH_HOURS`."""
    stale = con.execute(
        """
        select distinct repo_id
        from raw.repository join raw.repository_scan as scan using (repo_id)
        where scan.head_sha is distinct from repository.head_sha
            or (scan.status = 'failed' and repository.head_sha is not null)
        order by all
        """
    ).fetchall()
    age = now - published_at if published_at is not None else None
    return Finding(
        not stale and age is not None and age <= timedelta(hours=FRESH_HOURS),
        {
            "repositories of an older commit": len(stale),
            "examples": [repo_id for (repo_id,) in stale[:_SHOWN]],
            "hours since publication": round(age.total_seconds() / 3600, 1) if age is not None else None,
        },
    )
