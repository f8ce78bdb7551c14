"""All shortest paths from direct dependencies, their number in full, whatever the graph."""

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from warehouse.models.security.shortest_paths import MOST_PATHS, FileGraph, shortest_paths

names = st.sampled_from("abcdefgh")


def graph_of(direct: list[str], edges: list[tuple[str, str]]) -> FileGraph:
    graph = FileGraph()
    for purl in direct:
        graph.ask(purl, None)
    for tail, head in edges:
        graph.dependents[head].add(tail)
    return graph


def searched(direct: list[str], edges: list[tuple[str, str]], target: str) -> list[tuple[str, ...]]:
    """The shortest paths by growing all paths from the direct dependencies."""
    paths = sorted({(purl,) for purl in direct})
    for _ in range(9):
        if found := [path for path in paths if path[-1] == target]:
            return found
        paths = sorted({(*p, head) for p in paths for tail, head in edges if tail == p[-1] and head not in p})
    return []


@given(
    st.lists(names, unique=True, max_size=3),
    st.lists(st.tuples(names, names), unique=True, max_size=14),
    names,
)
def test_paths_when_the_graph_is_any_with_cycles_then_are_those_of_a_plain_search(
    direct: list[str], edges: list[tuple[str, str]], target: str
) -> None:
    expected = searched(direct, edges, target)
    found = shortest_paths(graph_of(direct, edges), target)
    assert (found is None) == (not expected)
    if found is not None:
        assert list(found.paths) == expected[:MOST_PATHS]
        assert found.count == len(expected)
        assert found.hops == len(expected[0]) - 1


def test_paths_when_there_are_more_than_anybody_could_list_then_their_number_is_still_told() -> None:
    layers = [["root"], *([f"{level}-{side}" for side in "lr"] for level in range(60)), ["end"]]
    edges = [pair for above, below in pairwise(layers) for pair in product(above, below)]
    found = shortest_paths(graph_of(["root"], edges), "end")
    assert found is not None
    assert found.count == 2**60
    assert len(found.paths) == MOST_PATHS
    assert found.hops == 61


def test_line_when_several_ask_for_a_package_then_is_the_first() -> None:
    graph = FileGraph()
    for line in (None, 9, 4, None):
        graph.ask("a", line)
    assert graph.direct == {"a": 4}
