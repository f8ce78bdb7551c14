"""chainatlas audits its own locked dependencies, without network.

    .venv/bin/python .ci/own_audit.py

Licences are those that the installed packages state, and for all others those of licences.toml.
Advisories are read from the folder in CHAINATLAS_ADVISORIES if there is one; without, the audit says that it
knows of none. Exit code 1: the policy in .ci/audit.toml is violated.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHAT_COUNTS = ("requirements.lock", "LICENSE")
WORKSPACE = """\
[[enterprises]]
id = "chainatlas"
repositories = ["code/chainatlas"]
[taxonomy]
packaged = true
[advisories]
folders = [{advisories}]
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = folder / "code" / "chainatlas"
        project.mkdir(parents=True)
        for file in WHAT_COUNTS:  # pip has no name of its own for a lock file
            shutil.copy(ROOT / file, project / file.replace(".lock", ".txt"))
        advisories = os.environ.get("CHAINATLAS_ADVISORIES")
        shown = json.dumps(str(Path(advisories).absolute())) if advisories else ""
        (folder / "workspace.toml").write_text(WORKSPACE.format(advisories=shown), "utf-8")
        write_documents(folder / "documents" / "pypi")
        run = ("run", folder, "--quiet", "--no-report")
        for words in (run, ("registries", "update", folder, "--from", folder / "documents", "-q"), run):
            chainatlas(*words)
        policy = ROOT / ".ci" / "audit.toml"
        return chainatlas("audit", folder, "--policy", policy, check=False)


def write_documents(folder: Path) -> None:
    """What the installed packages say of themselves, in the shape in which a registry would."""
    folder.mkdir(parents=True)
    read = tomllib.loads((ROOT / ".ci" / "licences.toml").read_text("utf-8"))["packages"]
    locked = re.findall(
        r"^([\w.-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    installed = {normal(told.metadata["Name"]): told.metadata for told in distributions()}
    for name in {name for name, _ in locked}:
        told = installed.get(name)
        stated = {"license_expression": read[name]} if name in read else {}
        if told is not None and not stated:
            stated = {
                "license_expression": told.get("License-Expression"),
                "license": told.get("License"),
                "classifiers": told.get_all("Classifier") or [],
            }
        versions = [version for other, version in locked if other == name]
        document = {
            "info": {"version": versions[-1], **stated},
            "releases": {version: [{"yanked": False}] for version in versions},
        }
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")


def normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def chainatlas(*words: object, check: bool = True) -> int:
    command = [sys.executable, "-m", "pipelines.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if check and done.returncode > 1:
        sys.exit(done.returncode)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
