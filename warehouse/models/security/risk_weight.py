"""
description: Weights and priors of the risk score, as risk_policy.yaml states them.
grain: one per factor and case
key: [factor, case_name]
columns:
  factor: exploitation, severity, exposure, scope, reach, blast or deployment_parser
  case_name: what the value holds for
  value: weight or prior, above 0 and at most 1; 1 for each deployment parser
formula: as stated
source: risk_policy.yaml
edge_cases:
  - A repository with files of a deployment parser is taken for a service that somebody can reach.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ()
DATA = ("risk_policy.yaml",)

_SCHEMA = pa.schema([("factor", pa.string()), ("case_name", pa.string()), ("value", pa.float64())])


def build(con: duckdb.DuckDBPyConnection, _: Any) -> pa.Table:  # noqa: ARG001
    text = Path(__file__).with_name("risk_policy.yaml").read_text("utf-8")
    policy = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
    cases = {**policy["factors"], "deployment_parser": dict.fromkeys(policy["deployment_parsers"], 1.0)}
    rows = [
        {"factor": factor, "case_name": case, "value": float(value)}
        for factor, values in cases.items()
        for case, value in values.items()
    ]
    return pa.Table.from_pylist(rows, _SCHEMA)
