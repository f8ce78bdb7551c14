"""All-pairs blast radius over a package graph, against a plain search from every hundredth package.

    python benchmarks/blast_radius.py [--packages 200000] [--edges 1000000]

The graph is like a registry's: newer packages depend on older ones, a few of which nearly everybody needs,
and one edge in two hundred closes a cycle. The peer is a breadth-first search over adjacency lists, whose
time for all packages is estimated from a sample; both must count the same.
"""

import argparse
import resource
import time

import numpy as np

from warehouse.models.security.dependency_graph import condense, count_reaching

SAMPLE = 100


def make_graph(packages: int, edges: int) -> tuple[np.ndarray, np.ndarray]:
    """Tails and heads of the edges."""
    random = np.random.default_rng(1)
    tails = np.sort(random.integers(1, packages, edges))
    heads = (tails * random.random(edges) ** 3).astype(np.int64)
    back = random.integers(0, edges, edges // 200)
    tails[back], heads[back] = (
        heads[back],
        np.minimum(heads[back] + random.integers(1, 5, len(back)), packages - 1),
    )
    return tails, heads


def search(packages: int, tails: np.ndarray, heads: np.ndarray, targets: list[int]) -> list[int]:
    """How many packages lead to each target, itself included."""
    dependents: list[list[int]] = [[] for _ in range(packages)]
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        dependents[head].append(tail)
    counts = []
    for target in targets:
        seen, waiting = {target}, [target]
        while waiting:
            fresh = [tail for tail in dependents[waiting.pop()] if tail not in seen]
            seen.update(fresh)
            waiting += fresh
        counts.append(len(seen))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    options = parser.parse_args()
    tails, heads = make_graph(options.packages, options.edges)
    own = np.arange(options.packages)
    started, cpu = time.perf_counter(), time.process_time()
    graph = condense(options.packages, tails, heads)
    counts = count_reaching(graph, own, own)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    targets = list(range(0, options.packages, options.packages // SAMPLE))
    started = time.perf_counter()
    expected = search(options.packages, tails, heads, targets)
    peer = (time.perf_counter() - started) / len(targets) * options.packages
    assert counts[targets].tolist() == expected
    pairs = int(counts.sum()) - options.packages
    print(f"{options.packages:,} packages, {options.edges:,} edges, {pairs:,} pairs")
    print(f"all pairs        {seconds:8.2f} s wall, {cpu:.2f} s of the processor")
    print(f"plain search     {peer:8.0f} s, estimated; {peer / seconds:.0f} times as long")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
