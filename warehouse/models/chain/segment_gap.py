"""
description: >-
  The gaps of the industry chains: a score whose parts add up, the verdicts, and what both rest on.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  chain_id: chain
  verdict: >-
    primary verdict, id as in scoring.yaml; or not-enough-data, no-demand-observed, potential-supply; null if
    no enterprise is observed
  verdicts: all verdicts that hold, primary first; empty where none can be given
  rank: place by priority, from 1, of the segments that somebody uses; null for others
  priority: score × importance; null for segments that nobody uses
  score: gap, 0 to 100; null if no enterprise is observed
  score_low: the score if every unknown term showed no gap
  score_high: the score if every unknown term showed a full gap
  part_demand: points of demand in the score; null where D is not known
  part_supply: points of supply; null where S is not known
  part_upstream: points of foreign and concentrated upstreams; null where F is not known
  part_substitution: points of substitution; null where T is not known
  part_resilience: points of resilience; null where R is not known
  part_talent: points of talent; null where G is not known
  missing_terms: terms that are not known, whose weights the others share
  registered: enterprises in the workspace
  observed: N, enterprises of which at least one repository could be read
  coverage: observed / registered
  users: n, observed enterprises that use the segment
  reach: X, share of the enterprises' repositories whose dependencies meet the segment
  demand: D
  suppliers: enterprises that can supply
  supply_total: Σq
  supply: S
  foreign: F, share that hangs on other countries
  hhi: concentration of the upstream owners
  dominance: M, largest share of an owner that is not of the home country
  substitution: T
  alternatives: L, open alternatives that are not archived
  adoption: A, share of the users that use an alternative
  adaptation: share of the users' domestic platforms to which an alternative is adapted
  resilience: R
  talent: G
  people: P, people here who work on it; null if it cannot be known
  importance: of the segment, 0 to 1, from the taxonomy
  observability: how much a crawl of repositories can see, high, medium or low
formula: >-
  Gap = 20·D + 25·(1−S) + 20·F·(½+½·HHI) + 15·(1−T) + 10·(1−R) + 10·(1−G), weights and verdict rules of
  scoring.yaml; an unknown term leaves the sum and the others are scaled to the same total
source: score and verdicts of taxonomy/scoring.yaml
edge_cases:
  - With low coverage or low observability the only verdict is not-enough-data, the score stands beside it.
  - With fewer than three users the verdicts that need them are withheld; where no other holds, that is not
    enough data.
  - A segment is sound only where it has users, local supply and no other verdict.
"""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.models.chain.gap_score import (
    TERMS,
    add_parts,
    read_scoring,
    score_bounds,
    score_parts,
    term_losses,
    verdicts_hold,
)

READS = (
    "raw.segment",
    "raw.scoring",
    "raw.verdict_condition",
    "mart.segment_demand",
    "mart.segment_supply",
    "mart.segment_concentration",
    "mart.substitution",
    "mart.segment_resilience",
    "mart.segment_talent",
)

_MEASURES = """
    select
        demand.segment_id,
        demand.chain_id,
        demand.registered,
        demand.observed,
        demand.coverage,
        demand.users,
        demand.reach,
        demand.demand,
        supply.suppliers,
        supply.supply_total,
        supply.supply,
        concentration."foreign",
        concentration.hhi,
        concentration.dominance,
        substitution.substitution,
        substitution.alternatives,
        substitution.adoption,
        substitution.adaptation,
        resilience.resilience,
        talent.talent,
        talent.people,
        demand.importance,
        demand.observability
    from mart.segment_demand as demand
    join mart.segment_supply as supply using (segment_id)
    join mart.segment_concentration as concentration using (segment_id)
    join mart.substitution as substitution using (segment_id)
    join mart.segment_resilience as resilience using (segment_id)
    join mart.segment_talent as talent using (segment_id)
    order by demand.segment_id
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    table = con.sql(_MEASURES).to_arrow_table()
    measures = {
        name: table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in table.column_names
        if pa.types.is_floating(table[name].type) or pa.types.is_integer(table[name].type)
    }
    scoring = read_scoring(con)
    losses = term_losses(measures)
    parts = score_parts(losses, scoring.weights)
    score = add_parts(parts)
    low, high = score_bounds(losses, scoring.weights)
    nobody = measures["observed"] == 0
    score, low, high = (np.where(nobody, np.nan, values) for values in (score, low, high))
    priority = np.where(measures["users"] > 0, score * measures["importance"], np.nan)
    holding = verdicts_hold(scoring.verdicts, measures)
    names = [verdict.verdict_id for verdict in scoring.verdicts]
    states = _states(table, measures, scoring.values)
    verdicts = [
        [] if state is not None else [names[v] for v in np.flatnonzero(holding[:, segment])]
        for segment, state in enumerate(states)
    ]
    primary = [
        None if is_dark else state or (found[0] if found else "not-enough-data")
        for is_dark, state, found in zip(nobody, states, verdicts, strict=True)
    ]
    found = {
        "segment_id": table["segment_id"],
        "chain_id": table["chain_id"],
        "verdict": pa.array(primary, pa.string()),
        "verdicts": pa.array(verdicts, pa.list_(pa.string())),
        "rank": _ranks(priority),
        "priority": _nullable(priority),
        "score": _nullable(score),
        "score_low": _nullable(low),
        "score_high": _nullable(high),
        **{f"part_{term}": _nullable(np.where(nobody, np.nan, parts[i])) for i, term in enumerate(TERMS)},
        "missing_terms": pa.array(
            [
                [term for term, loss in zip(TERMS, column, strict=True) if np.isnan(loss)]
                for column in losses.T
            ],
            pa.list_(pa.string()),
        ),
    }
    return pa.table(found | {name: table[name] for name in table.column_names if name not in found})


def _states(table: pa.Table, measures: dict[str, Any], values: Any) -> list[str | None]:
    """Why a segment has no verdict; null where it can have one."""
    found: list[str | None] = []
    for segment, observability in enumerate(table["observability"].to_pylist()):
        users, supply = measures["users"][segment], measures["supply_total"][segment]
        is_dim = (
            measures["coverage"][segment] < values["data.coverage"]
            or f"data.observability.{observability}" in values
        )
        if users == 0:
            found.append("potential-supply" if supply > 0 else "no-demand-observed")
        else:
            found.append("not-enough-data" if is_dim or np.isnan(users) else None)
    return found


def _ranks(priority: Any) -> pa.Array:
    """Places from 1 by falling priority, ties in the order of the segments."""
    order = np.argsort(-priority, kind="stable")
    ranks = np.zeros(len(priority))
    ranks[order] = np.arange(1, len(priority) + 1)
    return pa.array(ranks.astype(np.int64), mask=np.isnan(priority))


def _nullable(values: Any) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
