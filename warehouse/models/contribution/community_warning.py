"""
description: >-
  Whether it is safe to depend on a repository: what speaks against it, warning by warning, with the figure
  and its
  threshold.
grain: one per repository of the workspace and warning of community_warnings.yaml
key: [repo_id, warning]
columns:
  repo_id: repository
  warning: what speaks against depending on it
  weight: stop (alone says that the upstream is at risk) or watch
  holds: the warning holds; null where its figure is not known or says too little, which is no all-clear
  measure: column of mart.community_health that decides
  value: its value, true as 1; null where it is not known
  threshold: condition on the value
  standing: >-
    of the repository as a whole: at risk (a stop warning holds), watch (two or more others hold), one
    warning, no warning,
    or not enough data (none holds, and a third of them or more cannot be told)
formula: conditions of community_warnings.yaml on mart.community_health
source: CHAOSS metrics; OpenSSF Scorecard checks Maintained and Code-Review
edge_cases:
  - Without a crawl of the forge no warning about answers and reviews can be told, and the standing says so.
  - A standing is a reading aid; the figures beside it are what it rests on.
"""

import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ("mart.community_health",)
DATA = ("community_warnings.yaml",)
_CONDITION = re.compile(r"(?:=|<|>|<=|>=) (?:true|[0-9.]+)")
_GIVEN = re.compile(r"[a-z_]+ (?:<|>|<=|>=) [0-9.]+")
_STANDING = """
select
    *,
    case
        when bool_or(holds and weight = 'stop') over repository then 'at risk'
        when count(*) filter (where holds) over repository >= 2 then 'watch'
        when count(*) filter (where holds) over repository = 1 then 'one warning'
        when count(*) filter (where holds is null) over repository * 3 >= count(*) over repository
            then 'not enough data'
        else 'no warning'
    end as standing
from ({warnings})
window repository as (partition by repo_id)
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    rules = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))
    columns = ("id", "weight", "column", "holds")
    con.register("rule", pa.Table.from_pylist([{name: rule[name] for name in columns} for rule in rules]))
    try:
        warnings = " union all ".join(map(_warning, rules))
        return con.sql(_STANDING.format(warnings=warnings)).to_arrow_table()
    finally:
        con.unregister("rule")


def _warning(rule: dict[str, str]) -> str:
    given = rule.get("given")
    if not rule["column"].isidentifier() or not _CONDITION.fullmatch(rule["holds"]):
        raise ValueError(f"{DATA[0]}: {rule['id']}: not a condition on a column: {rule['holds']}")
    if given is not None and not _GIVEN.fullmatch(given):
        raise ValueError(f"{DATA[0]}: {rule['id']}: not a condition: {given}")
    column = f"health.{rule['column']}"
    return f"""
        select
            health.repo_id,
            rule.id as warning,
            rule.weight,
            case when {given or "true"} then {column} {rule["holds"]} end as holds,
            rule."column" as measure,
            cast({column} as double) as value,
            rule.holds as threshold
        from mart.community_health as health
        join rule on rule.id = '{rule["id"]}'
    """  # noqa: S608 - names and conditions of our own file
