"""The gap score and the verdicts over arrays: one formula for the gaps and for their sureness.

Arrays are of shape (…, segments); what is not known is NaN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TERMS = ("demand", "supply", "upstream", "substitution", "resilience", "talent")
"""The terms of the score, in the order in which their parts are added."""

_COMPARISONS = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "<": np.less,
    ">": np.greater,
    "=": np.equal,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a measure with a threshold."""

    measure: str
    comparison: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: it holds if all conditions of any clause do."""

    verdict_id: str
    unless_others: bool
    clauses: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """What `taxonomy/scoring.yaml` says."""

    values: Mapping[str, float]
    verdicts: tuple[Verdict, ...]
    """In order: the first that holds is the primary one."""

    @property
    def weights(self) -> Array:
        """Points of the terms, shape (6,)."""
        return np.array([self.values[f"weights.{term}"] for term in TERMS])


def read_scoring(con: DuckDBPyConnection) -> Scoring:
    """The scoring of the warehouse's raw tables."""
    values = dict(con.execute("select name, value from raw.scoring").fetchall())
    rows = con.execute("""
        select verdict_id, unless_others, clause, measure, comparison, value
        from raw.verdict_condition
        order by position, clause, measure, comparison, value
    """).fetchall()
    clauses: dict[tuple[str, bool], dict[int, list[Condition]]] = {}
    for verdict_id, unless_others, clause, *condition in rows:
        clauses.setdefault((verdict_id, unless_others), {}).setdefault(clause, []).append(
            Condition(*condition)
        )
    verdicts = tuple(Verdict(*key, tuple(map(tuple, found.values()))) for key, found in clauses.items())
    return Scoring(values, verdicts)


def term_losses(measures: Mapping[str, Array]) -> Array:
    """How much each term says that the segment is a gap, 0 to 1: shape (6, …, segments)."""
    return np.stack(
        [
            measures["demand"],
            1 - measures["supply"],
            measures["foreign"] * (0.5 + 0.5 * measures["hhi"]),
            1 - measures["substitution"],
            1 - measures["resilience"],
            1 - measures["talent"],
        ]
    )


def score_parts(losses: Array, weights: Array) -> Array:
    """Points of each term, shape (6, …, segments): of what is known, scaled so that full loss gives 100.

    `weights` has shape (6,) or (6, …, 1). A term that is not known has no points (NaN) and its weight is
    shared out among the others in proportion.
    """
    weights = weights.reshape(weights.shape + (1,) * (losses.ndim - weights.ndim))
    total = np.sum(weights * ~np.isnan(losses), axis=0)
    with np.errstate(invalid="ignore"):
        parts: Array = losses * weights / total * weights.sum(axis=0)
    return parts


def add_parts(parts: Array) -> Array:
    """The score: the known parts added in their order; NaN where none is known."""
    total = np.zeros(parts.shape[1:])
    for part in parts:
        total = total + np.nan_to_num(part)
    return np.where(np.isnan(parts).all(axis=0), np.nan, total)


def score_bounds(losses: Array, weights: Array) -> tuple[Array, Array]:
    """The score if every unknown term showed no loss at all, and if it showed a full one."""
    weights = weights.reshape(weights.shape + (1,) * (losses.ndim - weights.ndim))
    low = np.nansum(losses * weights, axis=0)
    return low, low + np.sum(weights * np.isnan(losses), axis=0)


def verdicts_hold(
    verdicts: Sequence[Verdict],
    measures: Mapping[str, Array],
    shifts: Mapping[Condition, Array] | None = None,
) -> Mask:
    """Which verdicts hold, shape (verdicts, …, segments).

    A condition on something unknown does not hold. `shifts` multiply the thresholds, by condition. Both sides
    are rounded to nine places: a share that is exactly at its threshold stays there in whichever order its
    parts were added up.
    """
    found: list[Mask] = []
    for verdict in verdicts:
        holds = np.zeros(measures["users"].shape, np.bool_)
        for clause in verdict.clauses:
            clause_holds = np.ones(holds.shape, np.bool_)
            for condition in clause:
                threshold = condition.threshold * (shifts[condition] if shifts else 1.0)
                compare = _COMPARISONS[condition.comparison]
                with np.errstate(invalid="ignore"):
                    clause_holds &= compare(np.round(measures[condition.measure], 9), np.round(threshold, 9))
            holds |= clause_holds
        if verdict.unless_others and found:
            holds &= ~np.any(found, axis=0)
        found.append(holds)
    return np.stack(found)
