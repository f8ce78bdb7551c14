"""The snippets of examples/ci in a fresh checkout: what is new stops the pipeline, what is known does not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "sample_region"
NOTHING_KNOWN = json.dumps({"baseline": 1, "violations": []})


def commands(name: str) -> list[str]:
    """What a snippet has a shell run, without the installation."""
    document: Any = yaml.safe_load((ROOT / "examples" / "ci" / name).read_text("utf-8"))
    if name == "github.yml":
        lines = [step["run"] for step in document["jobs"]["audit"]["steps"] if "run" in step]
    elif name == "gitlab-ci.yml":
        lines = document["chainatlas"]["script"]
    elif name == "gitee-go.yml":
        lines = document["stages"][0]["steps"][0]["commands"]
    else:
        lines = [document["repos"][0]["hooks"][0]["entry"]]
    return [line for line in lines if not line.startswith(("pip ", "pipx "))]


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository whose lock file, with what the sample's advisories are about, is staged."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "README").write_text("shop\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "README")
    git(folder, "commit", "-q", "-m", "first")
    shutil.copy(SAMPLE / "files" / "clinic-server" / "gradle.lockfile", folder)
    git(folder, "add", "gradle.lockfile")
    return folder


def run(line: str, folder: Path) -> int:
    program = folder.parent / "bin" / "chainatlas"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipelines.cli "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(folder.parent)}
    line = line.replace("update advisories", f"update advisories --from {SAMPLE / 'advisories'}")
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, check=False)
    return done.returncode


def test_snippets_of_pipelines_when_compared_then_run_the_same_commands_but_for_the_output() -> None:
    first, *others = [commands(name) for name in ("github.yml", "gitlab-ci.yml", "gitee-go.yml")]
    for other in others:
        assert other[0] == first[0]
        assert other[1].partition(" --format")[0] == first[1].partition(" --format")[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["github.yml", "pre-commit-config.yaml"])
def test_snippet_when_run_then_a_new_finding_stops_it_and_a_known_one_does_not(name: str, shop: Path) -> None:
    *before, audit = commands(name)
    if name == "pre-commit-config.yaml":
        before = commands("github.yml")[:1]
    else:
        git(shop, "commit", "-q", "-m", "second")
    assert [run(line, shop) for line in before] == [0]
    (shop / "known.json").write_text(NOTHING_KNOWN)
    assert run(audit, shop) == 1
    where = "advisories/.chainatlas/advisories"
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "known")
    run(f"chainatlas audit . --advisories {where} --write-baseline known.json", shop)
    git(shop, "add", "known.json")
    assert run(audit, shop) == 0
