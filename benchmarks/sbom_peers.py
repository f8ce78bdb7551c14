"""SBOMs of real repositories: chainatlas in one warm process against Syft, Trivy and cdxgen.

    python benchmarks/sbom_peers.py --tools ~/bin REPOSITORY...

A REPOSITORY is a git repository, bare or not. chainatlas reads its objects; the other tools get a shared
clone, whose making is not timed. Each tool is started once per repository, as its users do; ours has been
imported before, as in a run over many repositories. A tool is left out if neither the folder of `--tools` nor
PATH has it. `theirs` and `ours` count the purls (without qualifiers) that only one of the two lists.
"""

import argparse
import json
import os
import shutil
import signal
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
HEADINGS = "{:<28} {:<10} {:>8} {:>7} {:>7} {:>6} {:>6} {:>6}"
SETTINGS = {"SYFT_CHECK_FOR_APP_UPDATE": "false", "TRIVY_DISABLE_VEX_NOTICE": "true"}


@dataclass(frozen=True)
class Outcome:
    """Wall and processor time in seconds; `purls` is null where the tool failed or ran out of time."""

    seconds: float
    cpu: float
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

    totals = {tool: [0.0, 0.0] for tool in ("chainatlas", *tools)}
    print(HEADINGS.format("repository", "tool", "seconds", "ratio", "cpu s", "purls", "theirs", "ours"))
    for repository in options.repositories:
        mine = ours(repository)
        outcomes = {"chainatlas": mine}
        with tempfile.TemporaryDirectory() as scratch:
            folder = check_out(repository, Path(scratch))
            for tool in tools:
                output = Path(scratch) / f"{tool}.json"
                outcomes[tool] = theirs(COMMANDS[tool], folder, output, path, options.timeout)
        for tool, outcome in outcomes.items():
            totals[tool][0] += outcome.seconds
            totals[tool][1] += outcome.cpu
            print(row(name_of(repository), tool, outcome, mine), flush=True)
    for tool, (seconds, cpu) in totals.items():
        ratio = seconds / totals["chainatlas"][0]
        print(HEADINGS.format("total", tool, f"{seconds:.2f}", f"{ratio:.2f}", f"{cpu:.2f}", "", "", ""))


def ours(repository: Path) -> Outcome:
    started, cpu = time.perf_counter(), processor_time()
    content = build_bom(scan_path(repository), "0")
    return Outcome(time.perf_counter() - started, processor_time() - cpu, purls_of(content))


def theirs(words: list[str], folder: Path, output: Path, path: str, timeout: float) -> Outcome:
    """Run a tool on a folder; in its words `{folder}` and `{output}` stand for these."""
    command = [word.replace("{folder}", str(folder)).replace("{output}", str(output)) for word in words]
    started, cpu = time.perf_counter(), processor_time()
    process = subprocess.Popen(
        [shutil.which(command[0], path=path) or command[0], *command[1:]],
        env=os.environ | SETTINGS | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the package managers that it started
        process.wait()
    seconds, cpu = time.perf_counter() - started, processor_time() - cpu
    try:
        return Outcome(seconds, cpu, purls_of(output.read_bytes()))
    except (OSError, ValueError):
        return Outcome(seconds, cpu, None)


def processor_time() -> float:
    """User and system time of this process and of the children that it has waited for."""
    return sum(os.times()[:4])


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
    """A work tree for the tools that need one; large files that a partial mirror lacks are left out."""
    folder = scratch / name_of(repository)
    git = ["git", "-c", "core.hooksPath=/dev/null"]
    subprocess.run(
        [*git, "clone", "-q", "--shared", "--no-checkout", str(repository), str(folder)], check=True
    )
    subprocess.run([*git, "-C", str(folder), "checkout", "-q", "HEAD"], capture_output=True, check=False)
    return folder


def name_of(repository: Path) -> str:
    """The last telling part: bare mirrors are often called `repo`."""
    resolved = repository.resolve()
    return resolved.parent.name if resolved.name in ("repo", "repo.git", ".git") else resolved.name


def row(name: str, tool: str, outcome: Outcome, mine: Outcome) -> str:
    counts: list[object] = ["failed", "", ""]
    if outcome.purls is not None and mine.purls is not None:
        counts = [len(outcome.purls), len(outcome.purls - mine.purls), len(mine.purls - outcome.purls)]
    ratio = outcome.seconds / mine.seconds
    return HEADINGS.format(
        name, tool, f"{outcome.seconds:.3f}", f"{ratio:.2f}", f"{outcome.cpu:.2f}", *counts
    )


if __name__ == "__main__":
    main()
