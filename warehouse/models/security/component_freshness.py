"""
description: >-
  How old, unsupported or dubious each component of a repository is: later versions, deprecation and yanking,
  end of life, unmaintained or malicious packages, silent upstreams, single maintainers, names close to a
  better-known one.
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
    versions after this one that are known to exist; null where the version or the ecosystem's order is not
    known
  newest_version: the last of these; null where none is later or nothing can be said
  lag_basis: >-
    registry (all versions that the registry lists) or workspace (those that happen to be known:
    newer_versions is a lower bound); null where newer_versions is
  published_on: day on which this version was published; null where no registry says so
  days_behind: >-
    days from then to the publication of the newest version, 0 where none is newer; null where either day is
    not known
  is_deprecated: >-
    the registry calls this version or its package deprecated, discontinued, abandoned or relocated; null
    where it does not tell
  deprecation: what it says of it; null if nothing
  is_yanked: >-
    the registry took this version back (yanked, retracted, unlisted, unpublished); null where it does not
    tell
  yanked_reason: why; null if it does not say
  maintainers: accounts that may release the package; null where not told
  has_single_maintainer: there is only one; null where not told
  registry_status: >-
    read, absent (the registry has none of this name) or failed; null where it was never asked
  registry_read_on: day of the registry's facts; null where there are none
  end_of_life_product: product of the end-of-life data; null where that does not name the package
  end_of_life_cycle: release cycle that the version belongs to; null likewise or where no cycle fits
  end_of_life_date: last day of support; null where unknown or not decided
  is_end_of_life: support has ended on the day the answers hold for; null where unknown
  is_unmaintained: an advisory says that nobody maintains it
  is_malicious: an advisory says that this version is malware
  upstream_repo_id: >-
    repository of the workspace that is the package's source, by the first rule of core.package_source that
    names one; null if there is none
  upstream_silent_days: days since that repository's last commit by a person; null likewise
  upstream_is_archived: >-
    its forge says that its owner made it read-only, or it is gone from there; null where no forge tells
  near_name: better-known name of the same ecosystem that it is close to; null = none
formula: >-
  Known versions are those that the registry lists, those of the whole workspace, those that advisories list
  or name as fixed, and the latest of each release cycle; pre-releases and yanked versions do not count. Near
  names by Damerau–Levenshtein distance 1 or by separators only.
source: >-
  Technical lag in versions and in time as in Gonzalez-Barahona et al. 2017 (doi
  10.1007/978-3-319-57735-7_17); cycles of endoflife.date; popular_names.yaml
edge_cases:
  - Without registry facts the lag is a lower bound, and days behind, deprecation and yanking cannot be seen.
  - >-
    A later release of an older branch counts no days: they end with the publication of the highest version,
    and are 0 where that came first.
  - Registries that proxies stand before may leave facts out, which then look as if there were none.
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
from warehouse.models.security.version_lag import KnownVersion, VersionLag

READS = (
    "core.component",
    "core.osv_package",
    "core.package_fact",
    "core.package_key",
    "core.package_source",
    "core.repository_forge",
    "core.repository_maintenance",
    "core.repository_package",
    "mart.vulnerability_exposure",
    "raw.advisory_affected",
    "raw.advisory_version",
    "raw.end_of_life",
    "raw.evidence_rule",
    "raw.package_release",
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
        from (select product, cycle, eol_date, is_eol, unnest(purls) as purl from raw.end_of_life)
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
            source.package_key,
            source.repo_id,
            maintenance.days_since_commit,
            forge.is_archived or forge.removed_on is not null as is_archived
        from core.package_source as source
        left join core.repository_maintenance as maintenance using (repo_id)
        left join core.repository_forge as forge using (repo_id)
        where source.is_observed
        qualify row_number() over (
            partition by source.package_key
            order by source.rank, maintenance.days_since_commit nulls last, source.repo_id
        ) = 1
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
        upstream.days_since_commit as upstream_silent_days,
        upstream.is_archived as upstream_is_archived,
        fact.is_deprecated as is_package_deprecated,
        fact.deprecation as package_deprecation,
        fact.maintainers,
        fact.maintainers = 1 as has_single_maintainer,
        fact.registry_status,
        fact.read_on as registry_read_on
    from component
    left join core.osv_package as package on package.purl = component.purl
    left join supported on supported.purl = component.purl
    left join named on named.package = lower(regexp_replace(component.purl, '[@?#].*$', ''))
    left join notice on notice.purl = component.purl
    left join upstream on upstream.package_key = component.package_key
    left join core.package_fact as fact on fact.package_key = component.package_key
"""
_PRE_RELEASE = r"(?i)(alpha|beta|rc|dev|snapshot|preview|canary|nightly|next|\.m\d|-m\d|-0\.|\d(a|b|pre)\d)"
_KNOWN_VERSIONS = """
    with used as (
        select distinct match_key, scheme, regexp_replace(purl, '[@?#].*$', '') as package
        from core.osv_package
        join core.component using (purl)
    ),
    mentioned as (
        select package.match_key, component.version
        from core.component
        join core.osv_package as package using (purl)
        where component.version is not null and not component.in_test_data
        union
        select match_key, fixed from raw.advisory_affected where fixed is not null
        union
        select match_key, version from raw.advisory_version
        union
        select used.match_key, cycle.latest
        from used
        join (select unnest(purls) as package, latest from raw.end_of_life where latest is not null) as cycle
            using (package)
    ),
    known as (
        select distinct
            used.match_key,
            used.scheme,
            release.version,
            release.published_at,
            release.yanked,
            release.yanked_reason,
            release.deprecated,
            release.deprecation,
            true as is_from_registry
        from raw.package_release as release
        join used on used.package = release.purl
        union all
        select distinct used.match_key, used.scheme, mentioned.version, null, null, null, null, null, false
        from mentioned
        join (select distinct match_key, scheme from used) as used using (match_key)
    )
    select
        match_key,
        scheme,
        version,
        published_at,
        yanked,
        yanked_reason,
        deprecated,
        deprecation,
        regexp_matches(version, ?),
        is_from_registry
    from known
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
_TOLD = pa.schema(
    [
        ("match_key", pa.string()),
        ("scheme", pa.string()),
        ("version", pa.string()),
        ("newer_versions", pa.int32()),
        ("newest_version", pa.string()),
        ("days_behind", pa.int32()),
        ("published_on", pa.date32()),
        ("is_yanked", pa.bool_()),
        ("yanked_reason", pa.string()),
        ("is_deprecated", pa.bool_()),
        ("deprecation", pa.string()),
    ]
)
_RESULT = """
    select
        component.*,
        told.newer_versions,
        told.newest_version,
        case
            when told.newer_versions is null then null
            when component.registry_status = 'read' then 'registry'
            else 'workspace'
        end as lag_basis,
        told.published_on,
        told.days_behind,
        case
            when told.is_deprecated or component.is_package_deprecated then true
            when coalesce(told.is_deprecated, component.is_package_deprecated) is not null then false
        end as is_deprecated,
        coalesce(nullif(told.deprecation, ''), component.package_deprecation) as deprecation,
        told.is_yanked,
        told.yanked_reason,
        near.near_name
    from temp.dated_component as component
    left join told
        on told.match_key = component.match_key
        and told.scheme = component.scheme
        and told.version = component.version
    left join near on near.package_key = component.package_key
    order by component.repo_id, component.path, component.purl
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
        ("lag_basis", pa.string()),
        ("published_on", pa.date32()),
        ("days_behind", pa.int32()),
        ("is_deprecated", pa.bool_()),
        ("deprecation", pa.string()),
        ("is_yanked", pa.bool_()),
        ("yanked_reason", pa.string()),
        ("maintainers", pa.int32()),
        ("has_single_maintainer", pa.bool_()),
        ("registry_status", pa.string()),
        ("registry_read_on", pa.date32()),
        ("end_of_life_product", pa.string()),
        ("end_of_life_cycle", pa.string()),
        ("end_of_life_date", pa.date32()),
        ("is_end_of_life", pa.bool_()),
        ("is_unmaintained", pa.bool_()),
        ("is_malicious", pa.bool_()),
        ("upstream_repo_id", pa.string()),
        ("upstream_silent_days", pa.int64()),
        ("upstream_is_archived", pa.bool_()),
        ("near_name", pa.string()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    # Components are many and their versions few: only these leave the database.
    con.execute(f"create or replace temp table dated_component as {_COMPONENTS}")
    tables = {"told": _told(con), "near": _near_names(con)}
    for name, table in tables.items():
        con.register(name, table)
    try:
        return con.sql(_RESULT).to_arrow_table().select(_SCHEMA.names).cast(_SCHEMA)
    finally:
        for name in tables:
            con.unregister(name)
        con.execute("drop table temp.dated_component")


def _told(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """What is known of each version in use: how far it lags, and what its registry says of it."""
    known = VersionLag(KnownVersion(*row) for row in con.execute(_KNOWN_VERSIONS, [_PRE_RELEASE]).fetchall())
    asked = con.execute(
        "select distinct match_key, scheme, version from temp.dated_component"
        " where match_key is not null and version is not null"
    ).fetchall()
    rows = []
    for version in asked:
        lag = known.of(*version)
        own = lag.own
        published = own.published_at.date() if own and own.published_at else None
        facts = (own.is_yanked, own.yanked_reason, own.is_deprecated, own.deprecation) if own else [None] * 4
        values = (*version, lag.newer_versions, lag.newest_version, lag.days_behind, published, *facts)
        rows.append(dict(zip(_TOLD.names, values, strict=True)))
    return pa.Table.from_pylist(rows, _TOLD)


def _near_names(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Packages with the better-known name that each is close to."""
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
    columns = [pa.array(list(values), pa.string()) for values in (found.keys(), found.values())]
    return pa.table(columns, names=["package_key", "near_name"])
