"""
description: >-
  What a region's plan asks for, which tables answer it with how many rows here, and what cannot be seen from
  repositories whatever is observed.
grain: one per need
key: [need_id]
columns:
  need_id: need
  name_zh: Chinese name
  name_en: English name
  answered_by: tables that answer it
  answer_rows: >-
    rows that these hold for this workspace; of tables that hold a row for whatever is not known too, those
    that are known
  status: answered, nothing seen yet, or cannot be seen
  cannot_see_zh: what stays unseen, in Chinese
  cannot_see_en: what stays unseen, in English
formula: rows of the tables of needs.yaml, where the column that it names under `known` is not null
source: needs of a region's plan for its software industry
edge_cases:
  - Nothing seen yet says that no repository showed it; it is no finding about the region.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = (
    "mart.chain_leader",
    "mart.chain_profile",
    "mart.community_health",
    "mart.community_warning",
    "mart.contribution_by_enterprise",
    "mart.contributor_absence_factor",
    "mart.criticality",
    "mart.crypto_inventory",
    "mart.crypto_migration",
    "mart.crypto_posture",
    "mart.entered_indicator",
    "mart.first_version",
    "mart.gap_evidence",
    "mart.giveback_ledger",
    "mart.giveback_opportunity",
    "mart.harmony_use",
    "mart.park_chain",
    "mart.park_complement",
    "mart.plan_enterprise",
    "mart.plan_scenario_capability",
    "mart.plan_talent",
    "mart.component_platform",
    "mart.platform_matrix",
    "mart.release_frequency",
    "mart.scarce_skill",
    "mart.segment_adaptation",
    "mart.segment_candidate",
    "mart.segment_component",
    "mart.segment_concentration",
    "mart.segment_gap",
    "mart.segment_relatedness",
    "mart.segment_resilience",
    "mart.segment_sureness",
    "mart.segment_talent",
    "mart.supply_demand_match",
    "mart.talent_flow",
    "mart.talent_map",
    "mart.upstream_community",
    "mart.vulnerability_exposure",
)
DATA = ("needs.yaml",)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    needs = yaml.safe_load(Path(__file__).with_name("needs.yaml").read_text(encoding="utf-8"))
    known = {table: column for need in needs for table, column in need.get("known", {}).items()}
    rows = {
        table: con.sql(f"select count({known.get(table, '*')}) from {table}").fetchall()[0][0]  # noqa: S608
        for table in READS
    }
    return pa.Table.from_pylist([_row(need, rows) for need in needs])


def _row(need: dict[str, Any], rows: dict[str, int]) -> dict[str, Any]:
    found = sum(rows[table] for table in need["tables"])
    status = "nothing seen yet" if need["tables"] and not found else "answered"
    return {
        "need_id": need["id"],
        "name_zh": need["zh"],
        "name_en": need["en"],
        "answered_by": need["tables"],
        "answer_rows": found,
        "status": status if need["tables"] else "cannot be seen",
        "cannot_see_zh": need["cannot_see_zh"],
        "cannot_see_en": need["cannot_see_en"],
    }
