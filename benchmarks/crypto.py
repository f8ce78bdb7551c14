"""Speed and memory of the crypto scan over git repositories.

    python benchmarks/crypto.py REPOSITORY ... [--jobs N]

Prints files per second of wall and of processor time (rules loaded) and the highest resident memory, for each
repository in one process; with `--jobs`, then all of them once more in so many processes, the one with most
files first, as `chainatlas run` scans them. Beside other tools: `crypto_peers.py`.
"""

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sbom.crypto.languages import languages
from sbom.crypto.model import CryptoResult
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.scan import scan_crypto

ROW = (
    "{}: {} source files, {} parsed, {} occurrences; {:.2f} s ({:.0f} files/s), "
    "processor {:.2f} s ({:.0f} files/s), {} MiB"
)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--jobs", type=int, default=1, help="processes for a second look at all of them")
    options = arguments.parse_args()
    load_rules()
    results: dict[Path, CryptoResult] = {}
    wall, processor = 0.0, 0.0
    for path in options.repositories:
        began, worked = time.perf_counter(), time.process_time()
        results[path] = scan_crypto(path)
        took, used = time.perf_counter() - began, time.process_time() - worked
        print_row(str(path), [results[path]], took, used)
        wall, processor = wall + took, processor + used
    print_row("all in one process", list(results.values()), wall, processor)
    if options.jobs > 1:
        scan_together(results, options.jobs)


def load_rules() -> None:
    for name in languages():
        active_libraries(name, b"")


def scan_together(results: dict[Path, CryptoResult], jobs: int) -> None:
    """Scan all repositories in several processes, whose start and rules are not counted."""
    largest_first = sorted(results, key=lambda path: -results[path].files_listed)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=load_rules) as pool:
        list(pool.map(time.sleep, [1.0] * jobs))  # all have started
        began = time.perf_counter()
        used = sum(pool.map(seconds_of, largest_first))
        print_row(f"all in {jobs} processes", list(results.values()), time.perf_counter() - began, used)


def seconds_of(repository: Path) -> float:
    """Processor seconds that a scan takes in this process."""
    worked = time.process_time()
    scan_crypto(repository)
    return time.process_time() - worked


def print_row(name: str, results: list[CryptoResult], wall: float, processor: float) -> None:
    files = sum(result.files_listed for result in results)
    parsed = sum(result.files_parsed for result in results)
    found = sum(len(result.occurrences) for result in results)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        ROW.format(
            name, files, parsed, found, wall, files / wall, processor, files / max(processor, 1e-9), memory
        )
    )


if __name__ == "__main__":
    main()
