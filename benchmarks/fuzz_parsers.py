"""Fuzz all parsers of lock files and manifests: damaged fixtures, whole minutes long.

    python benchmarks/fuzz_parsers.py [--seconds 600] [--seed N]

Each round takes a file of a fixture, with the files around it, and damages it: cut off, bytes and lines
exchanged, pieces of other fixtures inserted, values of a JSON document replaced by other shapes. Every
format that reads a file of that name parses it. Printed are inputs on which a parser meets a shape that
it did not expect (a scan records those as broken and goes on), needs more than 5 s, or gives rows that do
not hold together: edges to nothing, lines behind the end. Exit code 1 if there is one. At the end:
rounds, the slowest one, peak memory.
"""

import argparse
import json
import random
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import Findings, SourceFile, match_formats
from sbom.lockfiles.folder import Tree
from sbom.scan import parse_file

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures" / "lockfiles"
SLOW_SECONDS = 5.0
_LINE_END = re.compile(rb"\r\n|\n|\r")
ODD = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "\0",
    "a" * 70_000,
    [],
    {},
    [[]],
    [None],
    {"": {}},
    {"version": []},
    ["a@1"],
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    cases = read_cases()
    pieces = [content for files, path in cases for content in [files[path]] if content]
    end, rounds, slowest, found = time.monotonic() + arguments.seconds, 0, (0.0, ""), set[str]()
    while time.monotonic() < end:
        files, path = chance.choice(cases)
        content = damaged(files[path], pieces, chance)
        started = time.process_time()
        for problem in problems({**files, path: content}, path):
            if problem not in found:
                found.add(problem)
                print(f"{problem}\n   {content[:300]!r}", flush=True)
        seconds = time.process_time() - started
        slowest = max(slowest, (seconds, path))
        if seconds > SLOW_SECONDS:
            found.add(path)
            print(f"{path}: {seconds:.1f} s\n   {content[:300]!r}", flush=True)
        rounds += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rounds} rounds, {len(found)} problems, peak {peak:.0f} MiB")
    print(f"slowest {slowest[0]:.2f} s: {slowest[1]}")
    return int(bool(found))


def read_cases() -> list[tuple[dict[str, bytes], str]]:
    """Files of each fixture by path, with one of them that some format reads."""
    found = []
    for case in sorted(path for path in FIXTURES.glob("*/*") if path.is_dir()):
        files = {
            path.relative_to(case).as_posix(): path.read_bytes()
            for path in sorted(case.rglob("*"))
            if path.is_file() and path.name != "expected.json"
        }
        found += [(files, path) for path in files if match_formats(path)]
    return found


def damaged(content: bytes, pieces: list[bytes], chance: random.Random) -> bytes:
    """The content after one to four damages."""
    for _ in range(chance.randint(1, 4)):
        kind, place = chance.randrange(7), chance.randrange(len(content) + 1)
        if kind == 0:
            content = content[:place]
        elif kind == 1:
            content = content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
        elif kind == 2:
            piece = chance.choice(pieces)
            start = chance.randrange(len(piece))
            content = content[:place] + piece[start : start + chance.randrange(1, 400)] + content[place:]
        elif kind == 3:
            lines = content.split(b"\n")
            chance.shuffle(lines)
            content = b"\n".join(lines)
        elif kind == 4:
            content = (
                content[:place]
                + chance.choice((b"\0", b'"', b"'", b"{", b"[", b"${", b"\\", b"@", b"\x85"))
                * (chance.choice((1, 2, 300)))
                + content[place:]
            )
        elif kind == 5:
            content = content.replace(
                *chance.choice(((b'"', b""), (b":", b"="), (b"\n", b"\r"), (b" ", b"\t")))
            )
        else:
            content = reshaped(content, chance)
    return content[:200_000]


def reshaped(content: bytes, chance: random.Random) -> bytes:
    """A JSON document with one value replaced; anything else as it is."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return content
    holder, parent, key = document, None, None
    while isinstance(holder, dict | list) and holder and (parent is None or chance.random() < 0.8):
        parent = holder
        key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
        holder = holder[key]
    odd: Any = chance.choice(ODD)
    if parent is None:
        document = odd
    else:
        parent[key] = odd
    return json.dumps(document).encode()


def problems(files: dict[str, bytes], path: str) -> list[str]:
    """What is wrong with the findings of each format that reads the file."""
    tree = Tree(files.get, frozenset(files), DEFAULT_LIMITS)
    found = []
    for fmt in match_formats(path):
        sheet = Findings(path, fmt.name, fmt.version, DEFAULT_LIMITS)
        parse_file(fmt, SourceFile(path, files[path], tree), sheet)
        found += [
            f"{fmt.name}: {row.reason[:160]}" for row in sheet.unknowns if row.reason.startswith("not what")
        ]
        purls, last = {row.purl for row in sheet.components}, len(_LINE_END.findall(files[path])) + 1
        if fmt.name != "pom.xml" and not {row.to_purl for row in sheet.dependencies} <= purls:
            found.append(f"{fmt.name}: an edge to nothing")
        # a pom's edges may lead to what its parent's findings hold
        rows = (*sheet.components, *sheet.dependencies, *sheet.unknowns)
        if any(row.path == path and row.line is not None and not 1 <= row.line <= last for row in rows):
            found.append(f"{fmt.name}: a line that is not there")
    return found


if __name__ == "__main__":
    sys.exit(main())
