"""
description: >-
  Components whose licence does not go together with the repository's own licence, or only under conditions.
grain: one per repository, file and component that conflicts or must be checked
key: [repo_id, path, purl]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  own_licence: the repository's own licence, by its nearest manifest at or above the file
  purl: package URL with version where one is known
  package_key: package, as in core.package_key
  expression: the component's licence
  category: its category
  verdict: >-
    conflict (the product cannot be given away under its own licence with it inside) or check (allowed under
    conditions that somebody must look at)
  ships: >-
    false = for development only, so nothing of it is given away and the verdict does not hold for the
    product; null where the file does not tell
  direct: the project itself asks for it; null where the format does not tell
  basis: who states the component's licence, as in mart.component_licence
  path: file that names the component
  line: line in the file, from 1; null where the format has none
formula: >-
  The pair of licences where licence_policy.yaml lists it, else the pair of their categories. Of a component's
  alternatives (OR) the best counts, of joined licences (AND) the worst; a product under alternatives must
  satisfy each.
source: licence_policy.yaml, which cites the FSF's licence list; SPDX 2.3 annex D
edge_cases:
  - A repository whose manifests state no licence has no rows here, which does not mean that it has none.
  - A component of unknown licence has no row; mart.licence_coverage counts it.
  - How a component is linked cannot be seen. Weak copyleft is therefore no conflict.
incremental:
  rows: [mart.component_licence]
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.security.licences import compatibility

READS = ("mart.component_licence",)
DATA = ("licence_policy.yaml",)

_ROWS = """
    select
        repo_id,
        enterprise_id,
        own_licence,
        purl,
        package_key,
        expression,
        category,
        scope <> 'excluded' as ships,
        direct,
        basis,
        path,
        line
    from mart.component_licence
    where own_licence is not null and expression is not null
    order by repo_id, path, purl
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    rows = con.sql(_ROWS).to_arrow_table()
    pairs = zip(rows["own_licence"].to_pylist(), rows["expression"].to_pylist(), strict=True)
    judged: dict[tuple[str, str], str] = {}
    verdicts = []
    for pair in pairs:
        if pair not in judged:
            judged[pair] = compatibility(*pair)
        verdicts.append(judged[pair])
    position = rows.schema.get_field_index("category") + 1
    table = rows.add_column(position, pa.field("verdict", pa.string()), pa.array(verdicts, pa.string()))
    return table.filter(pa.array([verdict != "ok" for verdict in verdicts], pa.bool_()))
