"""chainatlas audits its own locked dependencies, without network.

    .venv/bin/python .ci/own_audit.py

Licences are those that the installed packages state; those of packages for other systems are unknown.
Advisories are read from the folder in CHAINATLAS_ADVISORIES if there is one; without, the audit says that it
knows of none. Exit code 1: the policy in .ci/audit.toml is violated.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
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
    for distribution in distributions():
        told = distribution.metadata
        name, version = told["Name"], told["Version"]
        if not name or not version:
            continue
        info = {
            "version": version,
            "license_expression": told.get("License-Expression"),
            "license": told.get("License"),
            "classifiers": told.get_all("Classifier") or [],
        }
        document = {"info": info, "releases": {version: [{"yanked": False}]}}
        (folder / f"{name.lower().replace('_', '-').replace('.', '-')}.json").write_text(
            json.dumps(document), "utf-8"
        )


def chainatlas(*words: object, check: bool = True) -> int:
    command = [sys.executable, "-m", "pipelines.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if check and done.returncode > 1:
        sys.exit(done.returncode)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
