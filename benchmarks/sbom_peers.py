"""SBOMs of real repositories: chainatlas in one warm process against Syft, Trivy and cdxgen.

    python benchmarks/sbom_peers.py --tools ~/bin REPOSITORY...

A REPOSITORY is a git repository, bare or not. chainatlas reads its objects; the other tools get a shared
clone, whose making is not timed. Each tool is started once per repository, as its users do; ours has been
imported before, as in a run over many repositories. A tool is left out if neither the folder of `--tools` nor
PATH has it. `theirs` and `ours` count the purls (without qualifiers) that only one of the two lists.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sbom.bom import build_bom
from sbom.scan import scan_path

COMMANDS = {
    "syft": ["syft", "-q", "scan", "dir:{folder}", "-o", "cyclonedx-json={output}"],
    "trivy": [
        *("trivy", "filesystem", "--quiet", "--offline-scan", "--skip-db-update", "--skip-java-db-update"),
        *("--include-dev-deps", "--format", "cyclonedx", "--output", "{output}", "{folder}"),
    ],
    "cdxgen": [
        *("cdxgen", "--recurse", "--no-install-deps", "--lifecycle", "pre-build"),
        *("--output", "{output}", "{folder}"),
    ],
}
COUNTS = ("purls", "theirs", "ours")
SETTINGS = {"SYFT_CHECK_FOR_APP_UPDATE": "false", "TRIVY_DISABLE_VEX_NOTICE": "true"}


@dataclass(frozen=True)
class Outcome:
    """`purls` is null where the tool failed or ran out of time."""

    seconds: float
    purls: frozenset[str] | None


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--tools", type=Path, help="folder with the other tools, before PATH")
    arguments.add_argument("--only", nargs="*", choices=COMMANDS, default=list(COMMANDS))
    arguments.add_argument("--timeout", type=float, default=600, help="seconds for one repository")
    options = arguments.parse_args()

    path = os.pathsep.join([*([str(options.tools)] if options.tools else []), os.environ["PATH"]])
    tools = [name for name in options.only if shutil.which(name, path=path)]
    print("without", ", ".join(sorted(set(COMMANDS) - set(tools))) or "exception")
    ours(options.repositories[0])

    totals: dict[str, float] = dict.fromkeys(["chainatlas", *tools], 0)
    print(
        f"{'repository':<28} {'tool':<10} {'seconds':>8} {'ratio':>7} {'purls':>6} {'theirs':>6} {'ours':>6}"
    )
    for repository in options.repositories:
        mine = ours(repository)
        totals["chainatlas"] += mine.seconds
        show(repository, "chainatlas", mine, mine)
        with tempfile.TemporaryDirectory() as scratch:
            folder = check_out(repository, Path(scratch))
            for tool in tools:
                outcome = theirs(tool, folder, Path(scratch) / f"{tool}.json", path, options.timeout)
                totals[tool] += outcome.seconds
                show(repository, tool, outcome, mine)
    print()
    for tool, seconds in totals.items():
        print(f"{'total':<28} {tool:<10} {seconds:>8.2f} {seconds / totals['chainatlas']:>7.2f}")


def ours(repository: Path) -> Outcome:
    started = time.perf_counter()
    content = build_bom(scan_path(repository), "0")
    seconds = time.perf_counter() - started
    return Outcome(seconds, purls_of(content))


def theirs(tool: str, folder: Path, output: Path, path: str, timeout: float) -> Outcome:
    command = [word.format(folder=folder, output=output) for word in COMMANDS[tool]]
    started = time.perf_counter()
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [shutil.which(command[0], path=path) or command[0], *command[1:]],
            env=os.environ | SETTINGS | {"PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    seconds = time.perf_counter() - started
    return Outcome(seconds, purls_of(output.read_bytes()) if output.exists() else None)


def purls_of(content: bytes) -> frozenset[str]:
    """Distinct purls of a CycloneDX document, without qualifiers and subpath."""
    found, pending = set(), [*json.loads(content).get("components", ())]
    while pending:
        component = pending.pop()
        pending += component.get("components", ())
        if "purl" in component:
            found.add(component["purl"].partition("#")[0].partition("?")[0])
    return frozenset(found)


def check_out(repository: Path, scratch: Path) -> Path:
    folder = scratch / name_of(repository)
    subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", "clone", "-q", "--shared", str(repository), str(folder)],
        check=True,
    )
    return folder


def name_of(repository: Path) -> str:
    """The last telling part: bare mirrors are often called `repo`."""
    resolved = repository.resolve()
    return resolved.parent.name if resolved.name in ("repo", "repo.git", ".git") else resolved.name


def show(repository: Path, tool: str, outcome: Outcome, mine: Outcome) -> None:
    counts = f"{'failed':>6}"
    if outcome.purls is not None and mine.purls is not None:
        only_theirs, only_ours = outcome.purls - mine.purls, mine.purls - outcome.purls
        counts = f"{len(outcome.purls):>6} {len(only_theirs):>6} {len(only_ours):>6}"
    ratio = outcome.seconds / mine.seconds
    print(f"{name_of(repository):<28} {tool:<10} {outcome.seconds:>8.3f} {ratio:>7.2f} {counts}", flush=True)


if __name__ == "__main__":
    main()
