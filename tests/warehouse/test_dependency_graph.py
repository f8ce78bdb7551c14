"""Reach over condensed graphs is what a plain search finds, whatever the graph."""

from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from warehouse.models.security.dependency_graph import condense, count_reaching, pairs_reaching

NODES = 12
edge_lists = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=40)
seed_lists = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, 5)), max_size=20)


def searched(edges: list[tuple[int, int]], seeds: list[tuple[int, int]]) -> Mapping[int, set[int]]:
    """Seeds by node, by walking from every seeded node."""
    reached: dict[int, set[int]] = {node: set() for node in range(NODES)}
    for start, seed in seeds:
        waiting, seen = [start], {start}
        while waiting:
            node = waiting.pop()
            reached[node].add(seed)
            for tail, head in edges:
                if tail == node and head not in seen:
                    seen.add(head)
                    waiting.append(head)
    return reached


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(edge_lists, seed_lists)
def test_reach_when_the_graph_is_any_with_cycles_then_equals_a_plain_search(
    edges: list[tuple[int, int]], seeds: list[tuple[int, int]]
) -> None:
    expected = searched(edges, seeds)
    graph = condense(NODES, *arrays(edges))
    assert count_reaching(graph, *arrays(seeds)).tolist() == [len(expected[node]) for node in range(NODES)]
    nodes, found = pairs_reaching(graph, *arrays(seeds))
    assert list(zip(nodes.tolist(), found.tolist(), strict=True)) == [
        (node, seed) for node in range(NODES) for seed in sorted(expected[node])
    ]


def test_reach_when_there_are_more_seeds_than_a_block_holds_then_none_is_lost() -> None:
    nodes = 5_000
    chain = np.arange(nodes - 1)
    graph = condense(nodes, chain, chain + 1)
    own = np.arange(nodes)
    assert count_reaching(graph, own, own).tolist() == list(range(1, nodes + 1))


def test_reach_when_everything_is_one_circle_then_every_node_is_reached_by_all() -> None:
    nodes = 3_000
    own = np.arange(nodes)
    graph = condense(nodes, own, (own + 1) % nodes)
    assert set(count_reaching(graph, own, own).tolist()) == {nodes}


def test_graph_when_it_has_no_node_then_nothing_is_counted() -> None:
    none = np.zeros(0, np.int64)
    graph = condense(0, none, none)
    assert count_reaching(graph, none, none).tolist() == []
    assert pairs_reaching(graph, none, none)[0].tolist() == []
