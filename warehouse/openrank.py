"""OpenRank: the centrality of nodes that keep a part of their own value.

Source: S. Zhao et al., OpenRank (X-lab); v = A·v₀ + (E − A)·S·v, with A the diagonal of the retention factors
and S the weights of edges, those of a node's outgoing edges adding up to at most 1.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
_ROUNDS = 500


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
    received = coo_array((weights, (targets, sources)), shape=(count, count)).tocsr()
    values: Floats = initial
    kept = retention * initial
    for _ in range(_ROUNDS):
        following: Floats = kept + (1 - retention) * (received @ values)
        if count == 0 or np.abs(following - values).max() <= tolerance:
            return following
        values = following
    return values


def shares(nodes: Indices, weights: Floats) -> Floats:
    """Each weight as a share of all weights of its node."""
    if len(nodes) == 0:
        return weights
    return weights / np.bincount(nodes, weights)[nodes]
