"""
description: >-
  How sure the gaps are: what becomes of score, rank and verdicts if other enterprises had been observed, if
  the weights were others, and if the thresholds were.
grain: one per segment that somebody uses
key: [segment_id]
columns:
  segment_id: segment
  users_share: n / N, share of the observed enterprises that use the segment
  users_share_low: lower end of its 95 % interval
  users_share_high: upper end
  score_low: 2.5 % of the bootstrap draws have a lower score
  score_high: 2.5 % have a higher one
  rank_low: 2.5 % of the bootstrap draws have a better rank
  rank_high: 2.5 % have a worse one
  weights_rank_low: 2.5 % of the draws of weights have a better rank
  weights_rank_high: 2.5 % have a worse one
  top_ten_probability: share of the draws of weights in which the segment is among the first ten
  kendall_tau: >-
    mean Kendall τ-a between the ranks and those of the draws of weights, over all segments: the same in every
    row; null with a single segment
  verdict_shares: >-
    for each verdict that holds, in that order, the share of draws (other enterprises, other thresholds) in
    which it still does; empty where there is no verdict
  is_robust: the primary verdict holds in at least 80 % of the draws; null where there is no verdict
  robust_verdicts: the verdicts that do
formula: >-
  Wilson score interval at 95 %; bootstrap over enterprises; weights from Dirichlet(50·w); thresholds each
  multiplied by a uniform number of 1 ± 0.2; 2,000 draws each with a fixed seed (scoring.yaml)
source: >-
  Wilson (1927); Efron (1979); OECD/JRC Handbook on Constructing Composite Indicators (2008), robustness by
  random weights
edge_cases:
  - With few enterprises the intervals are wide, and that is the finding.
  - A measure that is unknown stays unknown in every draw.
"""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.models.chain.gap_draws import Region, draw_measures, read_region
from warehouse.models.chain.gap_score import (
    Array,
    add_parts,
    read_scoring,
    score_parts,
    term_losses,
    verdicts_hold,
)

READS = (
    "raw.scoring",
    "raw.verdict_condition",
    "core.demand_evidence",
    "core.enterprise",
    "core.talent_evidence",
    "mart.alternative_use",
    "mart.enterprise_segment",
    "mart.platform_need",
    "mart.segment_component",
    "mart.segment_gap",
    "mart.segment_owner",
    "mart.segment_owner_use",
)

_Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""
_TOP = 10
_ENDS = (2.5, 97.5)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    scoring = read_scoring(con)
    values = scoring.values
    region = read_region(con, scoring)
    rng = np.random.default_rng(int(values["sureness.seed"]))
    draws = int(values["sureness.draws"])

    measures = draw_measures(region, rng, draws)
    losses = term_losses(measures)
    scores = add_parts(score_parts(losses, scoring.weights))
    ranks = _ranks(scores * region.importance)

    alpha = values["sureness.concentration"] * scoring.weights / scoring.weights.sum()
    weights = np.zeros((draws, len(alpha)))
    weights[:, alpha > 0] = rng.dirichlet(alpha[alpha > 0], draws)
    base_losses = term_losses(region.measures)
    base_priority = add_parts(score_parts(base_losses, scoring.weights)) * region.importance
    drawn = score_parts(np.repeat(base_losses[:, None, :], draws, axis=1), weights.T[:, :, None])
    weighted = add_parts(drawn) * region.importance
    weights_ranks = _ranks(weighted)

    shift = values["sureness.threshold_shift"]
    conditions = dict.fromkeys(c for v in scoring.verdicts for clause in v.clauses for c in clause)
    shifts = {condition: rng.uniform(1 - shift, 1 + shift, (draws, 1)) for condition in conditions}
    holding = verdicts_hold(scoring.verdicts, measures, shifts).mean(axis=1)
    shares = _verdict_shares(region, [v.verdict_id for v in scoring.verdicts], holding)
    robust = values["sureness.robust_share"]

    low, high = _wilson(region.measures["users"], region.measures["observed"])
    score_ends, rank_ends, weight_ends = (
        np.percentile(found, _ENDS, axis=0) for found in (scores, ranks, weights_ranks)
    )
    tau = _kendall_tau(base_priority, weighted)
    return pa.table(
        {
            "segment_id": pa.array(region.segments, pa.string()),
            "users_share": region.measures["users"] / region.measures["observed"],
            "users_share_low": low,
            "users_share_high": high,
            "score_low": score_ends[0],
            "score_high": score_ends[1],
            "rank_low": rank_ends[0],
            "rank_high": rank_ends[1],
            "weights_rank_low": weight_ends[0],
            "weights_rank_high": weight_ends[1],
            "top_ten_probability": (weights_ranks <= _TOP).mean(axis=0),
            "kendall_tau": pa.array([tau] * len(region.segments), pa.float64()),
            "verdict_shares": pa.array([list(s.values()) for s in shares], pa.list_(pa.float64())),
            "is_robust": pa.array(
                [next(iter(s.values())) >= robust if s else None for s in shares], pa.bool_()
            ),
            "robust_verdicts": pa.array(
                [[name for name, share in s.items() if share >= robust] for s in shares],
                pa.list_(pa.string()),
            ),
        }
    )


def _ranks(priority: Array) -> Array:
    """Places from 1 along the last axis, ties in the order of the segments."""
    order = np.argsort(-priority, axis=-1, kind="stable")
    ranks = np.empty(priority.shape)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1.0, priority.shape[-1] + 1), ranks.shape), -1)
    return ranks


def _verdict_shares(region: Region, names: list[str], holding: Array) -> list[dict[str, float]]:
    return [
        {verdict: float(holding[names.index(verdict), segment]) for verdict in verdicts}
        for segment, verdicts in enumerate(region.verdicts)
    ]


def _wilson(successes: Array, trials: Array) -> tuple[Array, Array]:
    share = successes / trials
    centre = share + _Z**2 / (2 * trials)
    margin = _Z * np.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    scale = 1 + _Z**2 / trials
    return (centre - margin) / scale, (centre + margin) / scale


def _kendall_tau(base: Array, drawn: Array) -> float | None:
    """Mean over the draws of (concordant − discordant pairs) / pairs."""
    first, second = np.triu_indices(len(base), 1)
    if not len(first):
        return None
    expected = np.sign(base[first] - base[second])
    return float(np.mean([np.mean(expected * np.sign(row[first] - row[second])) for row in drawn]))
