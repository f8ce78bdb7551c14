"""A whole run beside one tool after the other: SBOM, cryptography and history of the same repositories.

    python benchmarks/whole_peers.py REPOSITORY ... --tools FOLDER [--perceval PYTHON] [--advisories FOLDER]

`chainatlas run` reads all repositories from an empty state: bills of materials, cryptography, histories,
advisories, all tables; without the report, which no other tool has. Then each peer runs once per repository,
as its users run it: Syft, Trivy without network, semgrep with our `crypto_peers_semgrep.yaml`, Perceval's git
backend; and with `--cbom` cdxgen's cbom, the other scanner of cryptography. They get a work tree whose making
is not timed, and no matching of advisories is counted on their side. A tool that neither `--tools` nor PATH
has is left out; one that ran into `--timeout` is counted up to it. Prints wall and processor seconds of each,
and the ratios of wall seconds to ours, for the sum of a chain of tools with either scanner of cryptography:
processor seconds of a run lack those of its scan workers.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crypto_peers import RULES
from history import PERCEVAL
from sbom_peers import COMMANDS, Outcome, check_out, name_of, theirs

SEMGREP = [
    *("semgrep", "scan", "--config", str(RULES), "--metrics=off", "--disable-version-check", "--json", "-q"),
    *("--no-git-ignore", "--output", "{output}", "{folder}"),
]
CBOM = ["cbom", "--no-install-deps", "-o", "{output}", "{folder}"]
CRYPTOGRAPHY = ("semgrep", "cbom")
"""Peers that do the same work: a chain has one of them."""
ALWAYS = ("syft", "trivy", "perceval")
ROW = "{:<28} {:<13} {:>9} {:>9}  {}"


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--tools", type=Path, help="folder with the other tools, before PATH")
    arguments.add_argument("--perceval", metavar="PYTHON", help="interpreter of an environment with Perceval")
    arguments.add_argument("--cbom", action="store_true", help="run cdxgen's cbom too, which takes long")
    arguments.add_argument("--advisories", type=Path, help="folder of OSV records")
    arguments.add_argument("--timeout", type=float, default=600, help="seconds for one tool and repository")
    options = arguments.parse_args()

    path = os.pathsep.join([*([str(options.tools)] if options.tools else []), os.environ["PATH"]])
    commands = {name: COMMANDS[name] for name in ("syft", "trivy")} | {"semgrep": SEMGREP}
    commands |= {"cbom": CBOM} if options.cbom else {}
    commands = {name: words for name, words in commands.items() if shutil.which(words[0], path=path)}
    if options.perceval:
        commands["perceval"] = [options.perceval, "-c", PERCEVAL, "{repository}"]
    print(ROW.format("repository", "tool", "wall s", "CPU s", ""))
    totals = {"chainatlas": whole_run(options.repositories, options.advisories)}
    print_row("all", "chainatlas", totals["chainatlas"])
    for repository in options.repositories:
        with tempfile.TemporaryDirectory() as scratch:
            folder = check_out(repository, Path(scratch))
            for tool, template in commands.items():
                output = Path(scratch) / f"{tool}.json"
                words = [word.replace("{repository}", str(repository)) for word in template]
                outcome = theirs(words, folder, output, path, options.timeout)
                print_row(name_of(repository), tool, outcome)
                before = totals.get(tool, Outcome(0.0, 0.0, None))
                totals[tool] = Outcome(before.seconds + outcome.seconds, before.cpu + outcome.cpu, None)
    for scanner in [tool for tool in CRYPTOGRAPHY if tool in commands]:
        chain = [outcome for tool, outcome in totals.items() if tool == scanner or tool in ALWAYS]
        sums = sum(peer.seconds for peer in chain), sum(peer.cpu for peer in chain)
        totals[f"with {scanner}"] = Outcome(*sums, None)
    for tool, outcome in totals.items():
        mine = totals["chainatlas"]
        ratios = f"{outcome.seconds / mine.seconds:.2f} of our wall"
        print_row("total", tool, outcome, ratios)


def whole_run(repositories: list[Path], advisories: Path | None) -> Outcome:
    with tempfile.TemporaryDirectory() as scratch:
        places = ", ".join(f'"{repository.resolve()}"' for repository in repositories)
        text = f'[[enterprises]]\nid = "all"\nrepositories = [{places}]\n'
        if advisories:
            text += f'[advisories]\nfolders = ["{advisories.resolve()}"]\n'
        (Path(scratch) / "workspace.toml").write_text(text)
        words = [sys.executable, "-m", "pipelines.cli", "run", scratch, "--no-report", "--quiet"]
        outcome = theirs(words, Path(scratch), Path(scratch) / "none", os.environ["PATH"], 36_000)
        shown = [sys.executable, "-m", "pipelines.cli", "query", scratch, "from mart.coverage limit 5"]
        subprocess.run(shown, check=True, stdout=subprocess.DEVNULL)  # there are answers
        return outcome


def print_row(repository: str, tool: str, outcome: Outcome, more: str = "") -> None:
    print(ROW.format(repository, tool, f"{outcome.seconds:.2f}", f"{outcome.cpu:.2f}", more), flush=True)


if __name__ == "__main__":
    main()
