"""How the time for a BOM grows, in each encoding, and the library's serialiser on the same document.

    python benchmarks/bom.py

The library is timed for its output alone: the objects are made beforehand. Ours is timed from rows to bytes.
"""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import orjson
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6

from sbom.bom import SPEC_VERSIONS, Encoding, build_bom
from sbom.bom_validation import validate_bom
from sbom.model import Component, Dependency, ScanResult, Scope

EDGES_PER_PACKAGE = 3
Result = TypeVar("Result")
ENCODINGS: tuple[Encoding, ...] = ("json", "xml", "spdx")
LICENCES = ("MIT", "Apache-2.0", "MIT OR Apache-2.0", "BSD", None)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--compare", type=int, nargs="*", default=[300, 1000, 3000])
    arguments.add_argument("--sizes", type=int, nargs="*", default=[1000, 3000, 10_000])
    options = arguments.parse_args()
    build_bom(made_scan(10), "0")  # imports and SPDX tables are paid once per process

    print("components  library s    ours s   ratio")
    for size in options.compare:
        scan = made_scan(size)
        seconds, content = timed(lambda scan=scan: build_bom(scan, "0"))
        bom = Bom.from_json(orjson.loads(content))
        library_seconds, _ = timed(lambda bom=bom: JsonV1Dot6(bom).output_as_string(), repeat=1)
        print(f"{size:>10}  {library_seconds:>9.3f} {seconds:>9.3f} {library_seconds / seconds:>7.0f}")

    print("\nversion  encoding  components    build s  validate s  µs per component  bytes")
    for version in SPEC_VERSIONS:
        for encoding in ENCODINGS:
            if encoding == "spdx" and version != SPEC_VERSIONS[0]:
                continue
            for size in options.sizes:
                print(f"{version:<8} {encoding:<9}", measured(made_scan(size), version, encoding))


def measured(scan: ScanResult, version: str, encoding: Encoding) -> str:
    """A row: the best of three buildings and of three validations."""
    seconds, content = timed(lambda: build_bom(scan, "0", spec_version=version, encoding=encoding))
    checking, errors = timed(lambda: validate_bom(content))
    if errors:
        raise SystemExit(f"invalid: {errors[0]}")
    size = len(scan.components)
    per_component = (seconds + checking) / size * 1e6
    return f"{size:>10}  {seconds:>9.3f} {checking:>11.3f} {per_component:>17.1f}  {len(content)}"


def timed(work: Callable[[], Result], repeat: int = 3) -> tuple[float, Result]:
    """The shortest of several wall times, in seconds, and the last result."""
    shortest = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        result = work()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest, result


def made_scan(size: int) -> ScanResult:
    """A made lock file of `size` packages, each with a hash, an archive and three dependencies."""
    components = tuple(_component(number) for number in range(size))
    purls = [row.purl for row in components]
    edges = [(None, row.purl) for row in components if row.direct] + [
        (purls[number], purls[(7 * number + 13 * step + 1) % size])
        for number in range(size)
        for step in range(EDGES_PER_PACKAGE)
    ]
    dependencies = tuple(
        Dependency(source, target, None, None, "package-lock.json", None, "made", "1")
        for source, target in edges
    )
    return ScanResult("made", "0" * 40, 1_700_000_000, components, dependencies, (), (), 1)


def _component(number: int) -> Component:
    name, version = f"package-{number}", f"1.{number}.0"
    return Component(
        purl=f"pkg:npm/{name}@{version}",
        type="npm",
        namespace=None,
        name=name,
        version=version,
        constraint=None,
        scope=list(Scope)[number % 3],
        direct=number % 10 == 0,
        licence=LICENCES[number % len(LICENCES)],
        hashes=(f"SHA-512:{number:0128x}",),
        source_url=f"https://registry.example/{name}/-/{name}-{version}.tgz",
        path="package-lock.json",
        line=10 * number + 1,
        parser="made",
        parser_version="1",
    )


if __name__ == "__main__":
    main()
