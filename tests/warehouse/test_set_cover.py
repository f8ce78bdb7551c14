"""The smallest set of actions: as small as trying all of them finds, in the order of what each removes."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.models.security.set_cover import smallest_cover

item_sets = st.lists(st.frozensets(st.integers(0, 7), min_size=1), max_size=7)


def tried(sets: list[frozenset[int]]) -> int:
    """How many sets cover everything, by trying."""
    everything = frozenset().union(*sets)
    return next(
        size
        for size in range(len(sets) + 1)
        if any(frozenset().union(*chosen) == everything for chosen in combinations(sets, size))
    )


@settings(deadline=None)  # the solver is imported at the first call
@given(item_sets, st.lists(st.floats(0.1, 10), min_size=8, max_size=8))
def test_cover_when_sets_are_any_then_it_covers_all_with_as_few_as_trying_finds(
    sets: list[frozenset[int]], weights: list[float]
) -> None:
    cover = smallest_cover(sets, dict(enumerate(weights)))
    everything = frozenset().union(*sets)
    assert frozenset().union(*(sets[position] for position in cover.chosen)) == everything
    assert len(cover.chosen) == tried(sets)
    assert cover.at_least <= max(len(cover.chosen), 1)
    assert sum(cover.gains) == sum(weights[item] for item in everything) or abs(
        sum(cover.gains) - sum(weights[item] for item in everything)
    ) < 1e-6  # fmt: skip


def test_cover_when_greedy_would_take_three_then_takes_two() -> None:
    sets = [frozenset({0, 1, 2, 3}), frozenset({0, 1, 4}), frozenset({2, 3, 5})]
    cover = smallest_cover(sets, dict.fromkeys(range(6), 1.0))
    assert set(cover.chosen) == {1, 2}
    assert cover.at_least == 2


def test_cover_when_every_item_has_one_action_then_the_heaviest_comes_first() -> None:
    cover = smallest_cover([frozenset({0}), frozenset({1, 2})], {0: 1.0, 1: 2.0, 2: 2.0})
    assert cover.chosen == (1, 0)
    assert cover.gains == (4.0, 1.0)
    assert cover.at_least == 2


def test_cover_when_something_is_urgent_then_it_comes_before_what_weighs_more() -> None:
    sets = [frozenset({0, 1}), frozenset({2}), frozenset({3, 4})]
    weights = {0: 5.0, 1: 5.0, 2: 1.0, 3: 3.0, 4: 4.0}
    cover = smallest_cover(sets, weights, {2: 0.5, 3: 0.1, 0: 0.0})
    assert cover.chosen == (1, 2, 0)
    assert cover.gains == (1.0, 7.0, 10.0)
