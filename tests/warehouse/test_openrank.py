"""OpenRank against the case that its authors publish, and against the closed form."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.openrank import openrank, shares

NODES = ("u1", "u2", "u3", "r1", "r2", "r3")
INITIAL = np.array([1.0, 1.5, 0.5, 0.3, 0.7, 2.0])
RETENTION = np.array([0.5, 0.5, 0.5, 0.3, 0.3, 0.3])
EDGES = [
    ("u1", "u2", 0.05), ("u1", "u3", 0.05), ("u3", "u2", 0.1), ("r1", "r2", 0.1), ("r3", "r2", 0.1),
    ("u1", "r1", 0.27), ("r1", "u1", 0.9), ("u1", "r3", 0.63), ("r3", "u1", 0.63), ("u2", "r2", 0.54),
    ("r2", "u2", 0.54), ("u2", "r3", 0.36), ("r3", "u2", 0.27), ("u3", "r2", 0.9), ("r2", "u3", 0.36),
]  # fmt: skip


def arrays(edges):
    sources, targets, weights = zip(*edges, strict=True) if edges else ((), (), ())
    index = {name: number for number, name in enumerate(NODES)}
    numbers = [np.array([index.get(n, n) for n in names], np.int64) for names in (sources, targets)]
    return numbers[0], numbers[1], np.array(weights, np.float64)


def test_openrank_when_given_the_published_case_then_values_are_the_published_ones():
    found = dict(zip(NODES, openrank(INITIAL, RETENTION, arrays(EDGES)).round(4).tolist(), strict=True))
    assert found == {"u1": 1.0721, "u2": 1.2912, "u3": 0.4780, "r1": 0.2926, "r2": 1.1175, "r3": 1.3982}


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.data())
def test_openrank_when_iterated_then_it_is_the_closed_form(count, data):
    part = st.floats(0.05, 1)
    initial, retention = (
        np.array(data.draw(st.lists(part, min_size=count, max_size=count))) for _ in range(2)
    )
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node, part), max_size=12))
    sources, targets, weights = arrays(edges)
    weights = shares(sources, weights)
    received = np.zeros((count, count))
    np.add.at(received, (targets, sources), weights)
    kept, one = np.diag(retention), np.eye(count)
    closed = np.linalg.solve(one - (one - kept) @ received, kept @ initial)
    assert np.allclose(openrank(initial, retention, (sources, targets, weights)), closed, atol=1e-6)


def test_openrank_when_there_are_no_edges_then_nodes_keep_their_part():
    assert openrank(INITIAL, RETENTION, arrays([])).tolist() == (INITIAL * RETENTION).tolist()
