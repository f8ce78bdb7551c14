"""The crypto scan beside semgrep and cdxgen's cbom on the same repositories: time, and what is found.

    python benchmarks/crypto_peers.py FOLDER NAME ... [--semgrep PROGRAM] [--cbom PROGRAM]

FOLDER holds git directories `NAME/repo`. The source files of each are written out once; every tool reads
them there, one after the other, as a program of its own. semgrep gets `crypto_peers_semgrep.yaml`, rules of
ours that ask for the same APIs as far as its patterns can: names of algorithms are read from the matched
text. For repositories with labels (`crypto_labels`) precision and recall by line and family are printed.
cdxgen's cbom names algorithms of the whole project and no lines, so it is counted, not scored.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.languages import language_of
from sbom.source import open_source

HERE = Path(__file__).parent
RULES = HERE / "crypto_peers_semgrep.yaml"
CHAINATLAS = [sys.executable, "-m", "pipelines.cli", "crypto"]
_SECONDS = 900
_MANIFEST = re.compile(r"(^|/)(package(-lock)?\.json|pom\.xml|go\.mod)$")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--semgrep")
    parser.add_argument("--cbom")
    given = parser.parse_args()
    for name in given.names:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "files"
            files = _write_out(given.folder / name / "repo", target)
            print(f"== {name}: {files} source files")
            _chainatlas(target, name)
            if given.semgrep:
                _semgrep(given.semgrep, target, name)
            if given.cbom:
                _cbom(given.cbom, target, Path(folder) / "cbom.json")


def _write_out(git_dir: Path, target: Path) -> int:
    """The files that hold source code, and those that name packages, which cdxgen wants to see."""
    count = 0
    with open_source(git_dir) as source:
        listing = source.listing().files
        wanted = {path: key for path, key in listing.items() if language_of(path.rpartition("/")[2])}
        count = len(wanted)
        wanted |= {path: key for path, key in listing.items() if _MANIFEST.search(path)}
        for path, content in zip(wanted, source.read_all(wanted.values()), strict=True):
            if isinstance(content, bytes):
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content)
    return count


def _timed(command: list[str]) -> tuple[bytes, float, float]:
    """Output, wall seconds and processor seconds of a program and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
        output = done.stdout
    except subprocess.TimeoutExpired:
        output = b""
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _chainatlas(target: Path, name: str) -> None:
    output, wall, processor = _timed([*CHAINATLAS, str(target), "--format", "jsonl", "-q"])
    rows = [json.loads(line) for line in output.splitlines()]
    found = {
        (row["path"], row["line"], row["protocol"] or row["family"])
        for row in rows
        if row["language"] != "config"
    }
    print(_line("chainatlas", wall, processor), f"{len(rows)} rows{_score(found, name)}")


def _semgrep(program: str, target: Path, name: str) -> None:
    options = ["--config", str(RULES), "--metrics=off", "--json", "-q", "--no-git-ignore"]
    options.append("--disable-version-check")  # which waits for a network
    command = [program, "scan", *options, str(target)]
    output, wall, processor = _timed(command)
    results = json.loads(output or b"{}").get("results", [])
    found = {
        (str(Path(item["path"]).relative_to(target)), item["start"]["line"], family)
        for item in results
        for family in _families(item)
    }
    print(_line("semgrep", wall, processor), f"{len(results)} rows{_score(found, name)}")


def _families(item: dict[str, Any]) -> Iterator[str]:
    """The family that a result of semgrep names: its rule's, else that of the first algorithm in its text."""
    facts = item["extra"]["metadata"]
    if "family" in facts:
        yield facts["family"]
        return
    text = Path(item["path"]).read_bytes()[item["start"]["offset"] : item["end"]["offset"]]
    for word in re.findall(r"[\w/.-]+", text.decode("utf-8", "replace")):
        for part in (word, word.rpartition(".")[2]):
            if found := resolve_algorithm(part):
                yield found.family
                return


def _cbom(program: str, target: Path, output: Path) -> None:
    _, wall, processor = _timed([program, "--no-install-deps", "-o", str(output), str(target)])
    document = json.loads(output.read_text("utf-8")) if output.exists() else {}
    assets = [item for item in document.get("components", ()) if item.get("type") == "cryptographic-asset"]
    names = sorted({item["name"] for item in assets})
    print(_line("cbom", wall, processor), f"{len(assets)} assets {names[:12]}")


def _line(tool: str, wall: float, processor: float) -> str:
    return f"  {tool:10} {wall:7.1f} s wall {processor:7.1f} s processor "


def _score(found: set[tuple[str, int, str]], name: str) -> str:
    """Precision and recall of (path, line, family) where there are labels."""
    labels, left_out = _labels(name)
    if not labels:
        return ""
    wanted = {row for row in labels if row[2] is not None}
    known = {row for row in found if row[2] is not None and not (left_out and row[0].startswith(left_out))}
    right = len(wanted & known)
    return f"  precision {right / max(1, len(known)):.3f} recall {right / max(1, len(wanted)):.3f}"


def _labels(name: str) -> tuple[set[tuple[str, int, str]], tuple[str, ...]]:
    """Labelled (path, line, family) of a repository, and what is not compared; empty where there are none."""
    for path in (HERE / "crypto_labels").glob("*.jsonl"):
        about, *rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if about["repository"].replace("/", "+") == name:
            found = {(row["path"], row["line"], row.get("protocol") or row["family"]) for row in rows}
            return found, tuple(about["left_out"])
    return set(), ()


if __name__ == "__main__":
    main()
