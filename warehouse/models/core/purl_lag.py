"""
description: How far each version in use lags behind the later ones, and what its registry says of it.
grain: one per package URL and version in use whose ecosystem has an order of versions
key: [purl, version]
columns:
  purl: package URL
  version: version as written
  newer_versions: versions after this one that are known; null where its place in the order is not known
  newest_version: the last of these; null where none is later or nothing can be said
  days_behind: >-
    days from its publication to that of the newest version, 0 where none is newer; null where either day is
    not known
  published_on: day on which this version was published; null where no registry says so
  is_yanked: the registry took this version back; null where it does not tell
  yanked_reason: why; null if it does not say
  is_deprecated: the registry calls this version deprecated; null where it does not tell
  deprecation: what it says of it; null if nothing
formula: >-
  Known versions are those that the registry lists, those of the whole workspace, those that advisories list
  or name as fixed, and the latest of each release cycle; pre-releases and yanked versions do not count.
source: >-
  Technical lag in versions and in time as in Gonzalez-Barahona et al. 2017 (doi
  10.1007/978-3-319-57735-7_17); cycles of endoflife.date
edge_cases:
  - A later release of an older branch counts no days.
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.core.version_lag import KnownVersion, VersionLag

READS = (
    "core.component",
    "core.osv_package",
    "raw.advisory_affected",
    "raw.advisory_version",
    "raw.end_of_life",
    "raw.package_release",
)

_PRE_RELEASE = r"(?i)(alpha|beta|rc|dev|snapshot|preview|canary|nightly|next|\.m\d|-m\d|-0\.|\d(a|b|pre)\d)"
_USED = """
    select distinct component.purl, component.version, package.match_key, package.scheme
    from core.component
    join core.osv_package as package on package.purl = component.purl
    where component.version is not null
    order by all
"""
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
_SCHEMA = pa.schema(
    [
        ("purl", pa.string()),
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


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    known = VersionLag(KnownVersion(*row) for row in con.execute(_KNOWN_VERSIONS, [_PRE_RELEASE]).fetchall())
    rows = []
    for purl, version, match_key, scheme in con.sql(_USED).fetchall():
        lag = known.of(match_key, scheme, version)
        own = lag.own
        published = own.published_at.date() if own and own.published_at else None
        facts = (own.is_yanked, own.yanked_reason, own.is_deprecated, own.deprecation) if own else [None] * 4
        values = (purl, version, lag.newer_versions, lag.newest_version, lag.days_behind, published, *facts)
        rows.append(dict(zip(_SCHEMA.names, values, strict=True)))
    return pa.Table.from_pylist(rows, _SCHEMA)
