"""
description: >-
  The package that advisories mean by a purl. Finer than core.package_key: a Go module and its next major
  version are two packages here.
grain: one per distinct purl of a component, now or in a snapshot, of an ecosystem with advisories
key: [purl]
columns:
  purl: package URL as observed
  match_key: ecosystem and folded name, equal to the match key of the advisories for the package
  ecosystem: OSV's name of the ecosystem
  scheme: order of the package's versions, see warehouse.versions
  release: release of the distribution, folded; null where there are none or the purl does not say
  version: version as written, null where it is not known
formula: warehouse/advisories/ecosystems.toml
source: OSV schema, table of ecosystems; purl type definitions (ECMA-427)
edge_cases:
  - purls write npm names in lower case; old npm packages that differ by capitals alone share a match key.
  - >-
    A Go purl that names a package below its module finds nothing, unless the package stands in the subpath:
    a nested module would look the same.
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.advisories.ecosystems import purl_package

READS = ("raw.component", "raw.snapshot_component")

_COLUMNS = ("package", "match_key", "ecosystem", "scheme", "release")


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    con.execute("""
        create or replace temp table observed as
        select
            purl,
            version,
            case
                when contains(purl, '?') or contains(purl, '#') then regexp_replace(purl, '@[^?#]*', '')
                else split_part(purl, '@', 1)
            end as package
        from (
            select purl, min(version) as version
            from (
                select purl, version from raw.component
                union all
                select purl, version from raw.snapshot_component
            )
            group by purl
        )
    """)
    packages = con.sql("select distinct package from temp.observed").fetchall()
    found = [(purl, *package) for (purl,) in packages if (package := purl_package(purl))]
    columns = list(zip(*found, strict=True)) or [()] * len(_COLUMNS)
    named = pa.table({name: pa.array(c, pa.string()) for name, c in zip(_COLUMNS, columns, strict=True)})
    con.register("named_package", named)
    try:
        return con.sql("""
            select purl, match_key, ecosystem, scheme, release, version
            from temp.observed
            join named_package using (package)
        """).to_arrow_table()
    finally:
        con.unregister("named_package")
        con.execute("drop table temp.observed")
