"""
description: >-
  Sortable keys of the versions of components for whose package there are advisories: bytewise order of the
  keys is the order of the versions, equal keys are equal versions.
grain: one per order and version as written
key: [scheme, version]
columns:
  scheme: order of versions, see warehouse.versions
  version: version as written
  version_key: its key, ASCII
  confident: the version has the form for which the ecosystem defines an order
formula: warehouse/versions
source: named in each module of warehouse/versions
"""

from collections import defaultdict
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.versions import keys_of

READS = ("core.osv_package", "raw.advisory_package")

_SCHEMA = pa.schema(
    [
        ("scheme", pa.string()),
        ("version", pa.string()),
        ("version_key", pa.string()),
        ("confident", pa.bool_()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for scheme, version in con.sql("""
        select distinct scheme, version
        from core.osv_package
        where version is not null and match_key in (select match_key from raw.advisory_package)
        order by all
    """).fetchall():
        versions[scheme].append(version)
    rows = [
        (scheme, v, *key) for scheme, names in versions.items() for v, key in keys_of(scheme, names).items()
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)
