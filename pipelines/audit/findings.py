"""Read the findings of an audit from a warehouse, published or in memory."""

from collections import defaultdict
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.audit.finding import Finding

_RISKS = """
    from mart.risk_score
    order by act_within_days nulls last, score desc, repo_id, path, purl, group_id
"""
_PATHS = """
    select repo_id, path, purl, path_count, line, steps
    from mart.exposure_path
    where path_number > 0
    order by repo_id, path, purl, path_number
"""
_COVERAGE = """
    select
        (select count(*) from raw.advisory) as advisories,
        (select count(*) from raw.advisory_rejection) as advisories_rejected,
        (select max(cast(modified as date)) from raw.advisory) as advisories_changed_on,
        (select count(*) from raw.kev) as kev,
        (select count(*) from raw.epss) as epss,
        (select count(*) from raw.vulnrichment where exploitation is not null) as ssvc,
        (select count(*) from raw.end_of_life) as end_of_life,
        (
            select coalesce(list_sort(list(distinct reason)), [])
            from raw.advisory_rejection
            where place is null and source in (select source from raw.advisory_source where sha256 is null)
        ) as advisory_files_not_read,
        (select count(distinct (repo_id, purl)) from core.component where not is_own and not in_test_data)
            as components,
        (
            select count(distinct (repo_id, purl))
            from core.component
            where version is null and not is_own and not in_test_data
        ) as components_without_version,
        (select count(distinct (repo_id, purl)) from mart.vulnerability_exposure where status = 'cannot_say')
            as components_that_cannot_be_said,
        (select count(distinct (repo_id, purl)) from mart.component_freshness where registry_status = 'read')
            as components_told_of_by_registries,
        (select count(*) from raw.unknown where scanner = 'sbom') as unknowns,
        case
            when exists (select 1 from raw.repository_scan where scanner = 'crypto')
                then (select count(*) from core.crypto_use where is_counted)
        end as crypto_uses
"""
_PRODUCTS = """
    select repo_id, min(purl)
    from core.declared_package
    where not contains(path, '/')
    group by repo_id
    having count(distinct purl) = 1
    order by repo_id
"""


def read_findings(con: DuckDBPyConnection) -> tuple[Finding, ...]:
    """All findings, what is to be done first at the top; test data has none."""
    paths: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for repo_id, path, purl, *rest in con.sql(_PATHS).fetchall():
        paths[repo_id, path, purl].append(tuple(rest))
    return tuple(
        _finding(row, paths.get((row["repo_id"], row["path"], row["purl"]), []))
        for row in con.sql(_RISKS).to_arrow_table().to_pylist()
    )


def _finding(row: dict[str, Any], paths: list[tuple[Any, ...]]) -> Finding:
    if not paths:
        return Finding(row)
    count, line, _ = paths[0]
    return Finding(row, tuple(tuple(steps) for _, _, steps in paths), count, line)


def read_coverage(con: DuckDBPyConnection) -> dict[str, Any]:
    """What stands behind the findings, and what could not be judged."""
    rows: list[dict[str, Any]] = con.sql(_COVERAGE).to_arrow_table().to_pylist()
    return rows[0]


def read_products(con: DuckDBPyConnection) -> dict[str, str]:
    """By repository the purl of the one package that it declares at its root."""
    return dict(con.sql(_PRODUCTS).fetchall())
