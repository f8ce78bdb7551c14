"""Coverage-guided fuzzing of every parser in turn, with atheris.

    pip install 'chainatlas[fuzz]'
    python benchmarks/fuzz_guided.py --minutes 60 [--only PATTERN] [--counts counts.json] [--corpus FOLDER]

Each parser gets an equal share of the time in a process of its own, begins with the project's fixtures and
with what earlier rounds found in `--corpus`, and mutates bytes and, where the input is JSON, shapes. What a
parser must not do (an exception of Python's own, rows that do not hold together, more than 10 s or 2 GiB) is
printed with the file that shows it. `--counts` adds the executions to those of earlier rounds.
Exit code 1 if something was found.
"""

import argparse
import importlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path

import fuzz_parsers
import fuzz_targets

LONGEST_SECONDS = 10
MOST_MEGABYTES = 2048
LARGEST = 64 * 1024
_EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)|^#(\d+)\s", re.MULTILINE)
_FAULT = re.compile(r"=== Uncaught Python exception: ===|ERROR: libFuzzer|SUMMARY:")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default="*", help="names of parsers, as a pattern")
    parser.add_argument("--counts", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--target", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=10, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.target:
        return fuzz(arguments.target, arguments.seconds, arguments.corpus)
    names = [name for name in sorted(fuzz_targets.targets()) if fnmatchcase(name, arguments.only)]
    with tempfile.TemporaryDirectory() as scratch:
        return run_all(names, arguments.minutes * 60, arguments.corpus or Path(scratch), arguments.counts)


def run_all(names: list[str], seconds: float, corpus: Path, counts_file: Path | None) -> int:
    counts: dict[str, int] = (
        json.loads(counts_file.read_text()) if counts_file and counts_file.exists() else {}
    )
    end, faults = time.monotonic() + seconds, 0
    random.shuffle(names)  # a round that is cut short should not always leave the same ones out
    for place, name in enumerate(names):
        share = max(2, int((end - time.monotonic()) / (len(names) - place)))
        executions, fault = run_one(name, share, corpus)
        counts[name] = counts.get(name, 0) + executions
        counts["seconds"] = counts.get("seconds", 0) + share
        if fault:
            faults += 1
            print(f"{name}: {fault}", flush=True)
        if counts_file:
            counts_file.write_text(json.dumps(counts, indent=1, sort_keys=True))
    of_parsers = {name: count for name, count in counts.items() if "/" in name}
    for kind, count in sorted(fuzz_targets.summarise(of_parsers).items()):
        print(f"{kind}: {count} executions")
    print(f"{sum(of_parsers.values())} executions of {len(of_parsers)} parsers, {faults} faults")
    return int(bool(faults))


def run_one(name: str, seconds: int, corpus: Path) -> tuple[int, str | None]:
    """Executions of one parser in a process of its own, and what went wrong."""
    command = [sys.executable, __file__, "--target", name, "--seconds", str(seconds), "--corpus", str(corpus)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds + 600, check=False)
        output = (done.stdout + done.stderr).decode("utf-8", "replace")
    except subprocess.TimeoutExpired as error:
        return 0, f"did not end: {(error.stderr or b'')[-300:]!r}"
    numbers = [int(first or second) for first, second in _EXECUTIONS.findall(output)]
    fault = _FAULT.search(output)
    if done.returncode and not fault:
        return max(numbers, default=0), output[-1500:]
    return max(numbers, default=0), output[fault.start() :][:2500] if fault else None


def fuzz(name: str, seconds: int, corpus: Path) -> int:
    """Fuzz one parser in this process, which atheris ends."""
    import atheris  # noqa: PLC0415

    target = fuzz_targets.targets(name.partition("/")[0])[name]
    for module in sorted(sys.modules):
        if any(module == package or module.startswith(f"{package}.") for package in target.packages):
            instrument(atheris, importlib.import_module(module))
    folder = corpus / name.replace("/", "-").replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for number, sample in enumerate(target.samples):
            (Path(seeds) / str(number)).write_bytes(sample[:LARGEST])
        for sample in target.samples[:1]:
            target.parse(sample)  # what is loaded at the first use takes longer than any input may
        pieces = [sample for sample in target.samples if sample] or [b"\0"]

        def mutate(data: bytes, most: int, seed: int) -> bytes:
            chance = random.Random(seed)
            if chance.random() < 0.5 or not data:
                return bytes(atheris.Mutate(data, most))
            return (data[:1] + fuzz_parsers.damaged(data[1:], pieces, chance))[:most]

        atheris.Setup(
            [
                *(sys.argv[0], str(folder), seeds, f"-max_total_time={seconds}", f"-max_len={LARGEST}"),
                *(f"-timeout={LONGEST_SECONDS}", f"-rss_limit_mb={MOST_MEGABYTES}", "-print_final_stats=1"),
                *(f"-artifact_prefix={folder.parent}/fault-{folder.name}-", "-len_control=0"),
            ],
            target.parse,
            custom_mutator=mutate,
        )
        atheris.Fuzz()
    return 0


def instrument(atheris: object, module: object) -> None:
    """Count the edges of all functions and methods of a module."""
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != getattr(module, "__name__", ""):
            continue
        owners = [value, *vars(value).values()] if isinstance(value, type) else [value]
        for function in owners:
            plain = getattr(function, "__func__", function)
            if hasattr(plain, "__code__"):
                plain.__code__ = atheris.instrument_func(plain).__code__  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
