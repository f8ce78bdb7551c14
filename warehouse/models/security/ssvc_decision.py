"""
description: The decision table that orders exposures, and what stands in for inputs that nobody told.
grain: one per combination of the four inputs; one per severity for the priors, whose inputs are null
key: [in_kev, publicly_exposed, automatable, technical_impact, severity]
columns:
  in_kev: known to be exploited, yes or no; null for a prior
  publicly_exposed: yes or no; null for a prior
  automatable: yes or no
  technical_impact: partial or total
  act_within_days: 3, 14 or 60; null = on the next upgrade of the system, and for a prior
  forensics: also look whether somebody is in already; null for a prior
  severity: "severity for which automatable and technical_impact are the prior; null for a row of the table"
formula: as stated
source: CISA BOD 26-04, remediation timelines 1.0.0, as SSVC decision table; priors of risk_policy.yaml
edge_cases:
  - The table was made for US agencies; its days are a common yardstick, not an obligation.
  - The priors hold only where neither CISA nor a CVSS vector tells.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ()
DATA = ("risk_policy.yaml",)

_SCHEMA = pa.schema(
    [
        ("in_kev", pa.string()),
        ("publicly_exposed", pa.string()),
        ("automatable", pa.string()),
        ("technical_impact", pa.string()),
        ("act_within_days", pa.int32()),
        ("forensics", pa.bool_()),
        ("severity", pa.string()),
    ]
)


def build(con: duckdb.DuckDBPyConnection, _: Any) -> pa.Table:  # noqa: ARG001
    text = Path(__file__).with_name("risk_policy.yaml").read_text("utf-8")
    policy = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
    table = policy["decision"]
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    priors = [
        {
            "severity": severity,
            "automatable": automatable,
            "technical_impact": policy["technical_impact_prior"][severity],
        }
        for severity, automatable in policy["automatable_prior"].items()
    ]
    return pa.Table.from_pylist([*rows, *priors], _SCHEMA)
