"""The smallest set of actions that removes everything that can be removed, and in which order.

Exact where every item has one action only (nothing to choose) or where the integer programme ends within its
limit; otherwise the greedy choice of Chvátal 1979, whose size is at most H(n) times the smallest, with the
programme's own lower bound beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

_MOST_CELLS = 200_000
_NODES = 2_000
"""Branches that the integer programme may open: a limit of work, not of time, which would change results."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Positions of the chosen actions, the most urgent, then heaviest first, and how few there could be."""

    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    """Weight that each chosen action removes beyond those before it."""
    at_least: int
    """No set with fewer actions removes as much."""


def smallest_cover(
    sets: Sequence[frozenset[int]], weights: Mapping[int, float], urgency: Mapping[int, float] | None = None
) -> Cover:
    """Choose among `sets` of items so that all their items are covered.

    They are ordered by the most urgent item that each covers beyond those before it (all are the same without
    `urgency`), then by weight; equal ones keep the order of `sets`.
    """
    holders: dict[int, list[int]] = {}
    for position, items in enumerate(sets):
        for item in items:
            holders.setdefault(item, []).append(position)
    needed = {held[0] for held in holders.values() if len(held) == 1}
    if set(range(len(sets))) == needed:
        chosen, at_least = sorted(needed), len(needed)
    else:
        chosen, at_least = _choose(sets, holders)
    order, gains = _greedy(sets, weights, chosen, urgency or {})
    return Cover(tuple(order), tuple(gains), at_least)


def _choose(sets: Sequence[frozenset[int]], holders: Mapping[int, Sequence[int]]) -> tuple[list[int], int]:
    greedy, _ = _greedy(sets, dict.fromkeys(holders, 1.0), range(len(sets)))
    rows = sorted({tuple(held) for held in holders.values()})
    cells = sum(map(len, rows))
    if not rows or cells > _MOST_CELLS:
        return greedy, max(1, -(-len(holders) // max(map(len, sets), default=1)))
    # a second to import, as long as most audits take, and most have nothing to choose
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    columns = np.concatenate([np.array(row) for row in rows])
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    matrix = csr_array((np.ones(cells), columns, starts), shape=(len(rows), len(sets)))
    found = milp(
        np.ones(len(sets)),
        constraints=LinearConstraint(matrix, lb=np.ones(len(rows))),
        integrality=np.ones(len(sets)),
        bounds=Bounds(0, 1),
        options={"node_limit": _NODES},
    )
    bound = int(np.ceil((found.mip_dual_bound or 0) - 1e-6))
    if found.x is not None and round(found.fun) < len(greedy):
        return [int(position) for position in np.flatnonzero(found.x > 0.5)], max(1, bound)
    return greedy, max(1, bound)


def _greedy(
    sets: Sequence[frozenset[int]],
    weights: Mapping[int, float],
    among: Sequence[int] | range,
    urgency: Mapping[int, float] | None = None,
) -> tuple[list[int], list[float]]:
    """The action with the most urgent item, then the largest gain first, until nothing more is covered."""
    pressing = urgency or {}

    def worth(items: frozenset[int]) -> tuple[float, float]:
        gain = sum(weights[item] for item in sorted(items))
        return -max((pressing.get(item, 0.0) for item in items), default=0.0), -gain

    left = {item for position in among for item in sets[position]}
    queue = [(worth(sets[position]), position) for position in among]
    heapify(queue)
    order: list[int] = []
    gains: list[float] = []
    while left and queue:
        # worth only shrinks, so that the first one that is still what it was is the largest
        claimed, position = heappop(queue)
        now = sets[position] & left
        if not now:
            continue
        if worth(now) > claimed:
            heappush(queue, (worth(now), position))
            continue
        order.append(position)
        gains.append(-worth(now)[1])
        left -= sets[position]
    return order, gains
