"""Reach over a dependency graph with any number of nodes and edges, cycles included.

What matters is which of many seeds (repositories, enterprises, packages …) arrive at each node along the
edges. Cycles are condensed into one node each (Pearce 2005, as scipy does it); over the acyclic rest one
sweep in topological levels carries a block of seeds as bits, as many at a time as fit into the cache.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Integers = NDArray[np.int64]

_WORDS = 32
"""Words of 64 seeds per block: 2,048 seeds over 200,000 nodes take 51 MB."""
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """A graph whose cycles are condensed, its condensed nodes numbered so that edges lead upwards only."""

    rank: Integers
    """Condensed node of each node."""
    tails: Integers
    """Tail of each condensed edge; edges are sorted by their head."""
    heads: Integers
    levels: Integers
    """Index of the first edge of each topological level, and the number of edges at the end."""
    level_of: Integers
    """Topological level of each condensed node."""

    @property
    def condensed_nodes(self) -> int:
        return len(self.level_of)


def condense(nodes: int, tails: Integers, heads: Integers) -> DependencyGraph:
    """Condense the graph of `nodes` nodes with edges `tails[i]` → `heads[i]`, both counted from 0."""
    ones = np.ones(len(tails), np.int8)
    count, label = connected_components(
        csr_array((ones, (tails, heads)), shape=(nodes, nodes)), connection="strong"
    )
    label = label.astype(np.int64)
    edges = np.unique(label[tails] * count + label[heads])
    inner_tails, inner_heads = edges // count, edges % count
    apart = inner_tails != inner_heads
    inner_tails, inner_heads = inner_tails[apart], inner_heads[apart]
    level = _levels(count, inner_tails, inner_heads)
    by_level = np.argsort(level, kind="stable")
    rank = np.empty(count, np.int64)
    rank[by_level] = np.arange(count)
    new_tails, new_heads = rank[inner_tails], rank[inner_heads]
    order = np.argsort(new_heads, kind="stable")
    level_of = level[by_level]
    heads_in_order = new_heads[order]
    last = int(level_of[-1]) if count else 0
    levels = np.searchsorted(level_of[heads_in_order], np.arange(last + 2))
    return DependencyGraph(rank[label], new_tails[order], heads_in_order, levels, level_of)


def _levels(nodes: int, tails: Integers, heads: Integers) -> Integers:
    """Longest path from a node without incoming edges to each node of an acyclic graph (Kahn 1962)."""
    order = np.argsort(tails, kind="stable")
    heads = heads[order]
    first = np.searchsorted(tails[order], np.arange(nodes + 1))
    waiting = np.bincount(heads, minlength=nodes)
    level = np.zeros(nodes, np.int64)
    front, depth = np.flatnonzero(waiting == 0), 0
    while front.size:
        level[front] = depth
        lengths = first[front + 1] - first[front]
        ends = np.cumsum(lengths)
        edges = np.repeat(first[front] - (ends - lengths), lengths) + np.arange(lengths.sum())
        reached, times = np.unique(heads[edges], return_counts=True)
        waiting[reached] -= times
        front, depth = reached[waiting[reached] == 0], depth + 1
    return level


def count_reaching(graph: DependencyGraph, nodes: Integers, seeds: Integers) -> Integers:
    """How many distinct seeds arrive at each node, a node's own seeds included.

    `nodes[i]` holds seed `seeds[i]`; several nodes may hold the same seed, and a node several seeds.
    """
    counts = np.zeros(graph.condensed_nodes, np.int64)
    blocks = list(_blocks(graph, nodes, seeds))
    threads = min(os.cpu_count() or 1, _MOST_THREADS, max(len(blocks), 1))
    scratch = local()

    def carry(block: _Block) -> tuple[Integers, Integers]:
        if not hasattr(scratch, "sweep"):
            scratch.sweep = _Sweep(graph)
        touched, words = scratch.sweep.carry(*block)
        return touched, np.bitwise_count(words).sum(axis=1, dtype=np.int64)

    with ThreadPoolExecutor(threads) as pool:
        for touched, found in pool.map(carry, blocks):
            counts[touched] += found
    return counts[graph.rank]


def pairs_reaching(graph: DependencyGraph, nodes: Integers, seeds: Integers) -> tuple[Integers, Integers]:
    """All pairs of a node and a seed that arrives there, sorted by node, then seed."""
    members = np.argsort(graph.rank, kind="stable")
    starts = np.searchsorted(graph.rank[members], np.arange(graph.condensed_nodes + 1))
    found_nodes: list[Integers] = []
    found_seeds: list[Integers] = []
    names, codes = np.unique(seeds, return_inverse=True)
    sweep = _Sweep(graph)
    for low, block in _numbered_blocks(graph, nodes, codes.astype(np.int64)):
        touched, words = sweep.carry(*block)
        bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
        rows, columns = np.nonzero(bits)
        held, seed = touched[rows], names[low[columns]]
        lengths = starts[held + 1] - starts[held]
        ends = np.cumsum(lengths)
        inside = np.repeat(starts[held] - (ends - lengths), lengths) + np.arange(lengths.sum())
        found_nodes.append(members[inside])
        found_seeds.append(np.repeat(seed, lengths))
    if not found_nodes:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    all_nodes, all_seeds = np.concatenate(found_nodes), np.concatenate(found_seeds)
    order = np.lexsort((all_seeds, all_nodes))
    return all_nodes[order], all_seeds[order]


_Block = tuple[Integers, Integers]


def _blocks(graph: DependencyGraph, nodes: Integers, seeds: Integers) -> Iterator[_Block]:
    _, codes = np.unique(seeds, return_inverse=True)
    for _, block in _numbered_blocks(graph, nodes, codes.astype(np.int64)):
        yield block


def _numbered_blocks(
    graph: DependencyGraph, nodes: Integers, codes: Integers
) -> Iterator[tuple[Integers, _Block]]:
    """Blocks of seeds that begin at about the same level: the sweep of a block starts at its lowest one.

    Yields which code each bit stands for, then the condensed nodes and the bits of the block.
    """
    held = graph.rank[nodes]
    order = np.lexsort((codes, held))
    held, codes = held[order], codes[order]
    names, first = np.unique(codes, return_index=True)
    by_place = names[np.argsort(held[first], kind="stable")]
    position = np.empty(len(names), np.int64)
    position[by_place] = np.arange(len(names))
    bit = position[codes]
    size = 64 * _WORDS
    for start in range(0, len(names), size):
        chosen = (bit >= start) & (bit < start + size)
        yield by_place[start : start + size], (held[chosen], bit[chosen] - start)


class _Sweep:
    """Carries blocks of seeds along the edges of a graph, in memory that it uses again for each."""

    def __init__(self, graph: DependencyGraph) -> None:
        self._graph = graph
        self._rows = np.zeros((graph.condensed_nodes, _WORDS), np.uint64)
        self._alive = np.zeros(graph.condensed_nodes, bool)

    def carry(self, held: Integers, bits: Integers) -> tuple[Integers, NDArray[np.uint64]]:
        """Up to 64·_WORDS bits, held by condensed nodes: where any of them arrives, and which do there."""
        graph, rows, alive = self._graph, self._rows, self._alive
        places = np.left_shift(np.uint64(1), (bits % 64).astype(np.uint64))
        np.bitwise_or.at(rows, (held, bits // 64), places)
        alive[held] = True
        touched = [np.unique(held)]
        first_level = int(graph.level_of[held].min()) + 1 if len(held) else len(graph.levels)
        for level in range(first_level, len(graph.levels) - 1):
            low, high = graph.levels[level], graph.levels[level + 1]
            edges = np.flatnonzero(alive[graph.tails[low:high]]) + low
            if not edges.size:
                continue
            heads = graph.heads[edges]
            starts = np.flatnonzero(np.concatenate(([True], heads[1:] != heads[:-1])))
            reached = heads[starts]
            rows[reached] |= np.bitwise_or.reduceat(rows[graph.tails[edges]], starts, axis=0)
            touched.append(reached[~alive[reached]])
            alive[reached] = True
        where = np.concatenate(touched)
        words = rows[where]
        rows[where] = 0
        alive[where] = False
        return where, words
