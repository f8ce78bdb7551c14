import json
import subprocess
import sys

import pytest

from sbom.bom_validation import validate_bom

PYPROJECT = """\
[project]
name = "shop"
version = "2.0.0"
dependencies = ["requests>=2"]
"""
LOCK = """\
[[package]]
name = "requests"
version = "{version}"
description = "HTTP for humans."
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = []

[package.dependencies]
idna = ">=2.5"

[[package]]
name = "idna"
version = "3.10"
description = "Internationalized names"
optional = false
python-versions = ">=3.6"
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "0000000000000000000000000000000000000000000000000000000000000000"
"""


def chainatlas(*words):
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "sbom", *map(str, words)], capture_output=True, check=False
    )


def git(folder, *words):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@shop.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def commit(folder, version):
    (folder / "poetry.lock").write_text(LOCK.format(version=version))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"requests {version}")


@pytest.fixture
def shop(tmp_path):
    """A repository with two commits; the first is tagged."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    commit(folder, "2.31.0")
    git(folder, "tag", "v1")
    commit(folder, "2.32.3")
    return folder


def purls(content):
    return {component["purl"] for component in json.loads(content)["components"]}


def test_sbom_when_given_a_repository_then_valid_bom_on_stdout_and_summary_on_stderr(shop):
    done = chainatlas(shop)
    assert done.returncode == 0
    assert validate_bom(done.stdout) == []
    assert purls(done.stdout) == {"pkg:pypi/idna@3.10", "pkg:pypi/requests@2.32.3"}
    summary = done.stderr.decode().splitlines()[0]
    assert summary.startswith("shop at ")
    assert "2 components, 2 edges, 0 unreadable, 0 unresolved" in summary


def test_sbom_when_given_an_output_file_then_the_same_bytes_there(shop, tmp_path):
    target = tmp_path / "shop.cdx.json"
    done = chainatlas(shop, "-o", target)
    assert done.stdout == b""
    assert target.read_bytes() == chainatlas(shop).stdout


def test_sbom_when_given_a_revision_then_that_commit(shop):
    content = chainatlas(shop, "--rev", "v1").stdout
    assert "pkg:pypi/requests@2.31.0" in purls(content)
    assert content == chainatlas(shop, "--rev", "HEAD~1").stdout


def test_sbom_when_the_work_tree_is_dirty_or_bare_then_the_commit_counts(shop, tmp_path):
    before = chainatlas(shop).stdout
    (shop / "poetry.lock").unlink()
    git(tmp_path, "clone", "-q", "--bare", str(shop), "shop.git")
    assert chainatlas(shop).stdout == chainatlas(tmp_path / "shop.git").stdout == before


def test_sbom_when_given_a_plain_folder_then_its_files(shop, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "poetry.lock").write_text(LOCK.format(version="2.32.3"))
    document = json.loads(chainatlas(folder).stdout)
    assert document["metadata"]["component"]["name"] == "unpacked"
    assert "timestamp" not in document["metadata"]


def test_sbom_when_quiet_then_no_summary(shop):
    assert chainatlas(shop, "--quiet").stderr == b""


def test_sbom_when_a_file_is_broken_then_listed_in_the_bom_and_on_stderr(shop):
    hostile = shop / "a\x1b[31m"
    hostile.mkdir()
    (hostile / "poetry.lock").write_text("[[package]\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "broken")
    done = chainatlas(shop)
    assert done.returncode == 0
    unreadable = [
        item["value"]
        for item in json.loads(done.stdout)["metadata"]["properties"]
        if item["name"] == "chainatlas:unreadable"
    ]
    assert [text.split(": ")[0] for text in unreadable] == ["a\x1b[31m/poetry.lock"]
    assert b"1 unreadable" in done.stderr
    assert b"a\\x1b[31m/poetry.lock" in done.stderr
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{tmp}/nowhere"], "no such folder"),
        (["{tmp}/shop", "--rev", "v9"], "no commit 'v9'"),
        (["{tmp}/shop", "-o", "{tmp}/nowhere/shop.json"], "cannot be written"),
        ([], "Missing argument 'PATH'"),
    ],
)
def test_sbom_when_the_input_is_wrong_then_one_line_and_exit_code_2(shop, tmp_path, words, message):
    done = chainatlas(*(word.format(tmp=tmp_path) for word in words))
    assert done.returncode == 2
    assert done.stdout == b""
    assert message in done.stderr.decode().splitlines()[-1]
    assert b"Traceback" not in done.stderr


def test_sbom_when_the_repository_has_no_commits_then_exit_code_2(tmp_path):
    git(tmp_path, "init", "-q")
    done = chainatlas(tmp_path)
    assert done.returncode == 2
    assert b"no commits yet" in done.stderr
