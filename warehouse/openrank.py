"""OpenRank: the centrality of nodes that keep a part of their own value.

Source: S. Zhao et al., OpenRank (X-lab); v = A·v₀ + (E − A)·S·v, with A the diagonal of the retention factors
and S the weights of edges, those of a node's outgoing edges adding up to at most 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_array

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
_ROUNDS = 500
_COLUMNS = {"month": np.int32, "is_active": np.bool_, "openrank": np.float64}


def openrank(
    initial: Floats,
    retention: Floats,
    edges: tuple[Indices, Indices, Floats],
    tolerance: float = 1e-9,
) -> Floats:
    """The values of all nodes, from their initial values, retention factors (0 to 1) and weighted edges.

    `edges` are sources, targets and weights; edges between the same nodes add up. Ends when no value moves by
    more than `tolerance`.
    """
    sources, targets, weights = edges
    count = len(initial)
    # As it stands: to sort it by rows costs more than the few products that follow.
    received = coo_array((weights * (1 - retention)[targets], (targets, sources)), shape=(count, count))
    values: Floats = initial
    kept = retention * initial
    for _ in range(_ROUNDS):
        following: Floats = kept + received @ values
        if count == 0 or np.abs(following - values).max() <= tolerance:
            return following
        values = following
    return values


def shares(nodes: Indices, weights: Floats) -> Floats:
    """Each weight as a share of all weights of its node."""
    if len(nodes) == 0:
        return weights
    return weights / np.bincount(nodes, weights)[nodes]


def number_nodes(count: int, *ends: Indices) -> tuple[Indices, list[Indices]]:
    """Which of `count` nodes occur among the ends, in rising order, and each end as a position among them."""
    occurs = np.zeros(count, bool)
    for end in ends:
        occurs[end] = True
    nodes = np.flatnonzero(occurs)
    positions = np.empty(count, np.int64)
    positions[nodes] = np.arange(len(nodes))
    return nodes, [positions[end] for end in ends]


@dataclass(frozen=True, slots=True)
class Network:
    """The network of one month: its nodes, what new ones begin with, edges between positions in `nodes`."""

    nodes: Indices
    initial: Floats
    edges: tuple[Indices, Indices, Floats]


def follow_months(
    months: Indices,
    last: int,
    network: Callable[[slice], Network],
    retention: Floats,
    *,
    attenuation: float,
    smallest: float,
    shown: int | None = None,
) -> pa.Table:
    """Values of the nodes that have one, for each month from the first to `last`.

    `months` are the months of rows in rising order, and `network` makes the network of a slice of rows. A
    node keeps a part of its value of the month before; without activity a value is multiplied by
    `attenuation`, and dropped below `smallest`. Of all nodes the first `shown` are in the table, whose
    columns are `position` (of the node), `month`, `is_active` and `openrank`, in the order of the first two.
    """
    found: list[tuple[Indices, int, npt.NDArray[np.bool_], Floats]] = []
    values: Floats = np.zeros(len(retention))  # 0 where there is none
    alive = np.flatnonzero(values)
    first = int(months[0]) if len(months) else last + 1
    starts = np.searchsorted(months, np.arange(first, last + 2, dtype=months.dtype)).tolist()
    for month, start, end in zip(range(first, last + 1), starts, starts[1:], strict=False):
        before, values = values, values.copy()
        attenuated = before[alive] * attenuation
        attenuated[attenuated < smallest] = 0
        values[alive] = attenuated
        active = np.zeros(len(retention), bool)
        if start < end:
            made = network(slice(start, end))
            own = before[made.nodes]
            initial = np.where(own > 0, own, made.initial)
            values[made.nodes] = openrank(initial, retention[made.nodes], made.edges)
            active[made.nodes] = True
        alive = np.flatnonzero(values > 0)
        there = alive if shown is None else alive[: np.searchsorted(alive, shown)]
        found.append((there, month, active[there], values[there]))
    return _by_node(found, len(retention))


def _by_node(found: Sequence[tuple[Indices, int, npt.NDArray[np.bool_], Floats]], nodes: int) -> pa.Table:
    """The rows of all months, those of a node together: a table stores equal names in a row quicker."""
    counts = np.zeros(nodes, np.int64)
    for there, *_ in found:
        counts[there] += 1
    place = np.cumsum(counts) - counts
    rows: dict[str, Any] = {name: np.empty(counts.sum(), kind) for name, kind in _COLUMNS.items()}
    for there, *values in found:
        at = place[there]
        place[there] += 1
        for column, value in zip(rows.values(), values, strict=True):
            column[at] = value
    return pa.table({"position": np.repeat(np.arange(nodes, dtype=np.int32), counts)} | rows)
