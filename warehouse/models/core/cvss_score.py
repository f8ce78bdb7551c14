"""
description: Scores of the CVSS vectors that advisories carry, and of CISA's for the CVEs that they name.
grain: one per distinct vector
key: [vector]
columns:
  vector: CVSS vector as written
  cvss_version: "2.0, 3.0, 3.1 or 4.0; null where the vector is not valid"
  score: base score, 0–10; null where the vector is not valid
  severity: none, low, medium, high or critical by the standard's rating; null where the vector is not valid
formula: >-
  base score of the vector; temporal, threat, environmental and supplemental metrics in it do not count,
  because exploitation is a factor of its own and the environment is ours
source: CVSS 2, 3.0, 3.1 and 4.0 specifications of FIRST, computed by the package cvss
"""

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
from cvss import CVSS2, CVSS3, CVSS4, CVSSError

READS = ("raw.advisory", "raw.advisory_package", "raw.vulnrichment", "core.advisory_group")

_SCHEMA = pa.schema(
    [
        ("vector", pa.string()),
        ("cvss_version", pa.string()),
        ("score", pa.float64()),
        ("severity", pa.string()),
    ]
)


_BASE_4 = frozenset(("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"))
"""Base metrics of CVSS 4.0, section 2: its one score takes all others in too where the vector holds them."""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    vectors = con.sql("""
        with carrier as (
            select cvss_v2, cvss_v3, cvss_v4 from raw.advisory
            union
            select cvss_v2, cvss_v3, cvss_v4 from raw.advisory_package
            union
            select cvss_v2, cvss_v3, cvss_v4 from raw.vulnrichment
            where cve in (select id from core.advisory_group)
        )
        select distinct unnest([cvss_v2, cvss_v3, cvss_v4]) as vector from carrier order by all
    """).fetchall()
    rows = [(vector, *score_vector(vector)) for (vector,) in vectors if vector is not None]
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)


def score_vector(vector: str) -> tuple[str | None, float | None, str | None]:
    """Version, base score and severity; nulls for a vector that is not valid."""
    reader: Callable[[str], Any]
    if vector.startswith("CVSS:4"):
        reader, version = CVSS4, "4.0"
    elif vector.startswith("CVSS:3"):
        reader, version = CVSS3, vector[5:8]
    else:
        reader, version = CVSS2, "2.0"
    try:
        scored = reader(vector.rstrip("/"))
        if version == "4.0":
            prefix, *metrics = vector.rstrip("/").split("/")
            base = [metric for metric in metrics if metric.partition(":")[0] in _BASE_4]
            scored = reader("/".join([prefix, *base]))
    except CVSSError:
        return None, None, None
    return version, float(scored.base_score), scored.severities()[0].lower()
