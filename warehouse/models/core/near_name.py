"""
description: Packages whose name is close to a better-known one of the same ecosystem.
grain: one per such package
key: [package_key]
columns:
  package_key: package, as in core.package_key
  near_name: better-known name that it is close to
formula: Damerau–Levenshtein distance 1, or other separators only
source: popular_names.yaml
edge_cases:
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

from warehouse.models.core.near_names import find_near_names

READS = ("core.package_key", "core.repository_package", "raw.evidence_rule")
DATA = ("popular_names.yaml",)

_WELL_KNOWN = 5
"""Repositories that use a package which nobody takes for a look-alike any more."""
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


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
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
