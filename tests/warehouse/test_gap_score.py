"""The gap score: parts that add up whatever is unknown, and verdicts that hold on known facts only."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.models.chain.gap_score import (
    Condition,
    Scoring,
    Verdict,
    add_parts,
    read_scoring,
    score_bounds,
    score_parts,
    term_losses,
    verdicts_hold,
)
from warehouse.store.database import registered
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

EXAMPLES: dict[str, dict[str, float]] = {
    "A": {
        **{"demand": 0.8, "supply": 0.5 / 3, "foreign": 2 / 3, "hhi": 0.375, "dominance": 0.5},
        **{"substitution": 0.75, "resilience": 0.7, "talent": float(np.log(7) / np.log(21))},
        **{"users": 8, "supply_total": 0.5, "alternatives": 1, "adoption": 0.25, "adaptation": np.nan},
    },
    "B": {
        **{"demand": 0.45, "supply": 0.45, "foreign": 1 / 6, "hhi": 14 / 36, "dominance": 1 / 3},
        **{"substitution": 1, "resilience": 0.6, "talent": float(np.log(13) / np.log(21))},
        **{"users": 5, "supply_total": 1.35, "alternatives": 5, "adoption": 0.8, "adaptation": np.nan},
    },
    "C": {
        **{"demand": 0.4, "supply": 0, "foreign": 0.875, "hhi": 0.625, "dominance": 0.75},
        **{"substitution": 0.25, "resilience": 0.5, "talent": float(np.log(2) / np.log(21))},
        **{"users": 4, "supply_total": 0, "alternatives": 1, "adoption": 0, "adaptation": np.nan},
    },
}


@cache
def _scoring() -> Scoring:
    import duckdb

    tables = load_taxonomy([DEFAULT_FOLDER])
    with duckdb.connect() as con:
        con.execute("create schema raw")
        for name in ("scoring", "verdict_condition"):
            with registered(con, "given", tables[name]):
                con.execute(f"create table raw.{name} as from given")
        return read_scoring(con)


def _measures(examples: Mapping[str, Mapping[str, float]]) -> dict[str, np.ndarray]:
    names = next(iter(examples.values()))
    return {name: np.array([example[name] for example in examples.values()]) for name in names}


def test_score_when_the_examples_are_given_then_parts_and_score_are_theirs_to_the_digit() -> None:
    losses = term_losses(_measures(EXAMPLES))
    parts = score_parts(losses, _scoring().weights)
    assert np.round(parts[:, 0], 2).tolist() == [16.00, 20.83, 9.17, 3.75, 3.00, 3.61]
    a, b, c = add_parts(parts)
    assert (round(a, 4), round(b, 3), round(c, 3)) == (56.3585, 30.640, 71.192)
    low, high = score_bounds(losses, _scoring().weights)
    assert np.allclose(low, add_parts(parts))
    assert np.allclose(high, add_parts(parts))


def test_verdicts_when_the_examples_are_given_then_they_are_theirs() -> None:
    holds = verdicts_hold(_scoring().verdicts, _measures(EXAMPLES))
    names = [verdict.verdict_id for verdict in _scoring().verdicts]
    found = [[name for name, held in zip(names, column, strict=True) if held] for column in holds.T]
    assert found == [["weak"], ["sound"], ["choke", "missing", "blocked", "weak"]]


def test_verdicts_when_a_share_adds_up_to_its_threshold_then_the_order_of_adding_does_not_matter() -> None:
    for foreign in (np.nextafter(0.5, 0), 0.5, np.nextafter(0.5, 1)):
        measures = _measures(EXAMPLES) | {"foreign": np.full(3, foreign)}
        assert verdicts_hold(_scoring().verdicts, measures)[0].tolist() == [False, False, True]
    measures = _measures(EXAMPLES) | {"foreign": np.full(3, 0.4999)}
    assert not verdicts_hold(_scoring().verdicts, measures)[0].any()


@pytest.mark.parametrize("term", ["resilience", "talent", "substitution"])
def test_score_when_a_term_is_unknown_then_its_interval_is_the_score_with_it_at_one_and_at_zero(
    term: str,
) -> None:
    measures = _measures(EXAMPLES)
    unknown = measures | {term: np.full(3, np.nan)}
    low, high = score_bounds(term_losses(unknown), _scoring().weights)
    for value, bound in ((1.0, low), (0.0, high)):
        known = term_losses(measures | {term: np.full(3, value)})
        assert np.allclose(add_parts(score_parts(known, _scoring().weights)), bound)


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        (">=", [True, True, False]),
        ("<=", [False, True, True]),
        ("<", [False, False, True]),
        (">", [True, False, False]),
        ("=", [False, True, False]),
    ],
)
def test_verdict_when_a_measure_is_at_its_threshold_then_the_comparison_decides(
    comparison: str, holds: list[bool]
) -> None:
    verdict = Verdict("v", unless_others=False, clauses=((Condition("users", comparison, 5.0),),))
    assert verdicts_hold([verdict], _measures(EXAMPLES)).tolist() == [holds]


def test_verdict_when_it_is_for_want_of_others_then_does_not_hold_beside_one() -> None:
    few = Verdict("few", unless_others=False, clauses=((Condition("users", "<=", 4.0),),))
    rest = Verdict("rest", unless_others=True, clauses=((Condition("users", ">", 0.0),),))
    assert verdicts_hold([few, rest], _measures(EXAMPLES)).tolist() == [
        [False, False, True],
        [True, True, False],
    ]


def test_verdicts_when_what_they_compare_is_unknown_then_they_do_not_hold() -> None:
    unknown = _measures(EXAMPLES) | {"adoption": np.full(3, np.nan), "foreign": np.full(3, np.nan)}
    holds = dict(
        zip(
            (verdict.verdict_id for verdict in _scoring().verdicts),
            verdicts_hold(_scoring().verdicts, unknown),
            strict=True,
        )
    )
    assert not holds["choke"].any()
    assert not holds["blocked"].any()
    assert holds["missing"].tolist() == [False, False, True]


def test_verdicts_when_thresholds_are_shifted_then_only_those_near_them_change() -> None:
    measures = _measures(EXAMPLES)
    conditions = {c for v in _scoring().verdicts for clause in v.clauses for c in clause}
    stricter = {condition: np.float64(1.5) for condition in conditions}
    holds = verdicts_hold(_scoring().verdicts, measures, stricter)
    assert not holds[0].any()  # four users are fewer than 4.5
    unshifted = {condition: np.float64(1) for condition in conditions}
    assert np.array_equal(
        verdicts_hold(_scoring().verdicts, measures, unshifted), verdicts_hold(_scoring().verdicts, measures)
    )


@given(seed=st.integers(0, 2**32 - 1), unknown=st.floats(0, 1))
def test_parts_when_some_are_unknown_then_they_add_up_exactly_and_stay_within_the_weights(
    seed: int, unknown: float
) -> None:
    rng = np.random.default_rng(seed)
    losses = np.where(rng.random((6, 5)) < unknown, np.nan, rng.random((6, 5)))
    weights = rng.uniform(0.5, 50, 6)
    parts = score_parts(losses, weights)
    score = add_parts(parts)
    for column, total in zip(parts.T, score, strict=True):
        known = [part for part in column.tolist() if not np.isnan(part)]
        if not known:
            assert np.isnan(total)
            continue
        added = 0.0
        for part in known:
            added += part
        assert added == total
        assert -1e-9 <= total <= weights.sum() + 1e-9
