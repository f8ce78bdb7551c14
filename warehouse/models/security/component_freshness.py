"""
description: >-
  How old, unsupported or dubious each component of a repository is: later versions that are known, end of
  life, unmaintained or malicious packages, silent upstreams, names close to a better-known one.
grain: one per repository, file and purl that is not the repository's own and not test data
key: [repo_id, path, purl]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  path: file that names the component
  line: first line that does, from 1; null where the format has none
  purl: package URL with version where one is known
  package_key: package, as in core.package_key
  version: version as written; null where it is not known
  newer_versions: >-
    versions after this one that are known to exist; a lower bound, null where the version or the ecosystem's
    order is not known
  newest_version: the last of these; null where none is later or nothing can be said
  end_of_life_product: product of the end-of-life data; null where that does not name the package
  end_of_life_cycle: release cycle that the version belongs to; null likewise or where no cycle fits
  end_of_life_date: last day of support; null where unknown or not decided
  is_end_of_life: support has ended on the day the answers hold for; null where unknown
  is_unmaintained: an advisory says that nobody maintains it
  is_malicious: an advisory says that this version is malware
  upstream_repo_id: repository of the workspace that is the package's source, null if there is none
  upstream_silent_days: days since that repository's last commit by a person; null likewise
  near_name: better-known name of the same ecosystem that it is close to; null = none
formula: >-
  Known versions are those of the whole workspace, those that advisories list or name as fixed, and the latest
  of each release cycle; pre-releases do not count. Near names by Damerau–Levenshtein distance 1 or by
  separators only.
source: >-
  Technical lag as in Gonzalez-Barahona et al. 2017 (doi 10.1007/978-3-319-57735-7_17), here over the versions
  known without a registry; cycles of endoflife.date; popular_names.yaml
edge_cases:
  - Without registry facts the lag is a lower bound, and days behind, deprecation and yanking cannot be seen.
  - A name is a look-alike only if one repository alone uses it and it is not well known itself. Well known is
    what five repositories use, a verified rule of the taxonomy names, or popular_names.yaml lists.
  - A near name is a hint to look, not a finding about the package.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from warehouse.models.security.near_names import find_near_names
from warehouse.versions import keys_of

READS = (
    "core.component",
    "core.declared_package",
    "core.osv_package",
    "core.package_key",
    "core.repository_maintenance",
    "core.repository_package",
    "mart.vulnerability_exposure",
    "raw.advisory_affected",
    "raw.advisory_version",
    "raw.end_of_life",
    "raw.evidence_rule",
)
DATA = ("popular_names.yaml",)

_WELL_KNOWN = 5
"""Repositories that use a package which nobody takes for a look-alike any more."""

_COMPONENTS = """
    with component as (
        select
            repo_id,
            path,
            purl,
            any_value(enterprise_id) as enterprise_id,
            min(line) as line,
            any_value(package_key) as package_key,
            any_value(version) as version
        from core.component
        where not is_own and not in_test_data
        group by repo_id, path, purl
    ),
    cycle as (
        select
            lower(regexp_replace(purl, '[@?#].*$', '')) as package,
            product,
            cycle,
            eol_date,
            coalesce(eol_date < as_of.day, is_eol) as is_ended
        from (select *, unnest(purls) as purl from raw.end_of_life)
        cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    ),
    supported as (
        select component.purl, cycle.product, cycle.cycle, cycle.eol_date, cycle.is_ended
        from (
            select distinct purl, regexp_replace(version, '^[vV]', '') as version from component
        ) as component
        join cycle
            on cycle.package = lower(regexp_replace(component.purl, '[@?#].*$', ''))
            and (
                component.version = cycle.cycle
                or starts_with(component.version, cycle.cycle || '.')
                or starts_with(component.version, cycle.cycle || '-')
            )
        qualify row_number() over (
            partition by component.purl order by length(cycle.cycle) desc, cycle.product
        ) = 1
    ),
    named as (
        select lower(regexp_replace(purl, '[@?#].*$', '')) as package, min(product) as product
        from (select product, unnest(purls) as purl from raw.end_of_life)
        group by package
    ),
    notice as (
        select
            purl,
            bool_or(informational = 'unmaintained') as is_unmaintained,
            bool_or(malicious) as is_malicious
        from mart.vulnerability_exposure
        where status = 'affected'
        group by purl
    ),
    upstream as (
        select
            package_key,
            arg_min(repo_id, days_since_commit) as repo_id,
            min(days_since_commit) as days_since_commit
        from core.declared_package
        join core.repository_maintenance using (repo_id)
        where not in_test_data
        group by package_key
    )
    select
        component.repo_id,
        component.enterprise_id,
        component.path,
        component.line,
        component.purl,
        component.package_key,
        component.version,
        package.match_key,
        package.scheme,
        coalesce(supported.product, named.product) as end_of_life_product,
        supported.cycle as end_of_life_cycle,
        supported.eol_date as end_of_life_date,
        supported.is_ended as is_end_of_life,
        coalesce(notice.is_unmaintained, false) as is_unmaintained,
        coalesce(notice.is_malicious, false) as is_malicious,
        upstream.repo_id as upstream_repo_id,
        upstream.days_since_commit as upstream_silent_days
    from component
    left join core.osv_package as package on package.purl = component.purl
    left join supported on supported.purl = component.purl
    left join named on named.package = lower(regexp_replace(component.purl, '[@?#].*$', ''))
    left join notice on notice.purl = component.purl
    left join upstream on upstream.package_key = component.package_key
    order by component.repo_id, component.path, component.purl
"""
_KNOWN_VERSIONS = """
    with used as (
        select distinct match_key, scheme from core.osv_package join core.component using (purl)
    ),
    known as (
        select package.match_key, component.version
        from core.component
        join core.osv_package as package using (purl)
        where component.version is not null and not component.in_test_data
        union
        select match_key, fixed from raw.advisory_affected where fixed is not null
        union
        select match_key, version from raw.advisory_version
    )
    select distinct used.match_key, used.scheme, known.version
    from known
    join used using (match_key)
    order by all
"""
_PRE_RELEASE = r"(?i)(alpha|beta|rc|dev|snapshot|preview|canary|nightly|next|\.m\d|-m\d|-0\.|\d(a|b|pre)\d)"
_LATEST = """
    select package.match_key, package.scheme, cycle.latest
    from (select distinct purl, match_key, scheme from core.osv_package) as package
    join (select unnest(purls) as purl, latest from raw.end_of_life where latest is not null) as cycle
        on cycle.purl = regexp_replace(package.purl, '[@?#].*$', '')
    order by all
"""
_NAMES = """
    select
        package.package_key,
        package.type,
        coalesce(package.namespace || '/', '') || package.name as name,
        count(distinct used.repo_id) as repositories,
        bool_or(rule.purl is not null) as is_verified
    from (select distinct package_key, type, namespace, name from core.package_key) as package
    join core.repository_package as used using (package_key)
    left join (
        select key.package_key, any_value(rule.purl) as purl
        from raw.evidence_rule as rule
        join core.package_key as key using (purl)
        where rule.verified
        group by key.package_key
    ) as rule using (package_key)
    group by all
    order by all
"""
_SCHEMA = pa.schema(
    [
        ("repo_id", pa.string()),
        ("enterprise_id", pa.string()),
        ("path", pa.string()),
        ("line", pa.int32()),
        ("purl", pa.string()),
        ("package_key", pa.string()),
        ("version", pa.string()),
        ("newer_versions", pa.int32()),
        ("newest_version", pa.string()),
        ("end_of_life_product", pa.string()),
        ("end_of_life_cycle", pa.string()),
        ("end_of_life_date", pa.date32()),
        ("is_end_of_life", pa.bool_()),
        ("is_unmaintained", pa.bool_()),
        ("is_malicious", pa.bool_()),
        ("upstream_repo_id", pa.string()),
        ("upstream_silent_days", pa.int64()),
        ("near_name", pa.string()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    rows = con.sql(_COMPONENTS).to_arrow_table()
    later = _Later(con)
    lag = [
        later.than(*row)
        for row in zip(*(rows[name].to_pylist() for name in ("match_key", "scheme", "version")), strict=True)
    ]
    near = _near_names(con)
    columns = {name: rows[name] for name in rows.column_names} | {
        "newer_versions": [count for count, _ in lag],
        "newest_version": [newest for _, newest in lag],
        "near_name": [near.get(package) for package in rows["package_key"].to_pylist()],
    }
    arrays = [
        pa.array(columns[f.name], f.type)
        if isinstance(columns[f.name], list)
        else columns[f.name].cast(f.type)
        for f in _SCHEMA
    ]
    return pa.table(arrays, schema=_SCHEMA)


class _Later:
    """The versions of each package that are known to exist, by their sortable keys."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        by_scheme: dict[str, list[tuple[str, str]]] = defaultdict(list)
        known = con.sql(f"from ({_KNOWN_VERSIONS}) where not regexp_matches(version, '{_PRE_RELEASE}')")
        for match_key, scheme, version in [*known.fetchall(), *con.sql(_LATEST).fetchall()]:
            by_scheme[scheme].append((match_key, version))
        self._known: dict[str, dict[str, str]] = defaultdict(dict)
        for scheme, pairs in by_scheme.items():
            keys = keys_of(scheme, (version for _, version in pairs))
            for match_key, version in pairs:
                if keys[version].confident:
                    self._known[match_key][keys[version].key] = version

    def than(self, match_key: str | None, scheme: str | None, version: str | None) -> tuple[Any, Any]:
        """How many known versions are later, and the last one; nulls where nothing can be said."""
        if match_key is None or scheme is None or version is None:
            return None, None
        own = keys_of(scheme, [version])[version]
        if not own.confident:
            return None, None
        later = sorted((key, text) for key, text in self._known[match_key].items() if key > own.key)
        return len(later), later[-1][1] if later else None


def _near_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """By package: the better-known name that it is close to."""
    text = Path(__file__).with_name("popular_names.yaml").read_text("utf-8")
    popular = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
    by_type: dict[str, list[tuple[str, str, int, bool]]] = defaultdict(list)
    for package_key, kind, name, repositories, verified in con.sql(_NAMES).fetchall():
        by_type[kind].append((package_key, name.lower(), repositories, verified))
    found: dict[str, str] = {}
    for kind, packages in by_type.items():
        known = {
            name for _, name, repositories, verified in packages if repositories >= _WELL_KNOWN or verified
        }
        known |= {name.lower() for name in popular.get(kind, ())}
        near = find_near_names((name for _, name, repositories, _ in packages if repositories == 1), known)
        found |= {package_key: near[name] for package_key, name, _, _ in packages if name in near}
    return found
