"""What a stranger relies on before anything runs: the lock file, run.py and the two READMEs."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-engines.lock"])
def test_lock_when_read_then_names_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    assert "://" not in lock
    requirements = [line for line in lock.splitlines() if line and not line.startswith(" ")]
    assert len(requirements) > 50
    assert all("==" in line for line in requirements)
    assert lock.count("--hash=sha256:") >= len(requirements)


def test_locks_when_compared_then_the_one_of_engines_changes_no_pin() -> None:
    other = (ROOT / "requirements-engines.lock").read_text("utf-8")
    pins = [line.partition(" ;")[0] for line in LOCK.splitlines() if "==" in line and line[0] != " "]
    assert [pin for pin in pins if pin.rstrip(" \\") not in other] == []


def test_lock_when_compared_with_the_project_then_holds_every_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in wanted}
    locked = {line.partition("==")[0] for line in LOCK.splitlines() if "==" in line}
    assert names - locked == set()


def test_container_when_built_then_is_not_given_what_git_ignores() -> None:
    ignored = {f"**/{line.rstrip('/')}" for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}
    assert ignored - set((ROOT / ".dockerignore").read_text("utf-8").splitlines()) == set()


def test_run_py_when_read_then_imports_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    assert imported - set(sys.stdlib_module_names) == set()


def test_run_py_when_called_without_words_then_says_what_it_can_do() -> None:
    done = subprocess.run([sys.executable, ROOT / "run.py"], capture_output=True, text=True, check=True)
    assert "demo" in done.stdout
    assert "test" in done.stdout


def commands(readme: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / readme).read_text("utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_readmes_when_compared_then_show_the_same_commands() -> None:
    assert commands("README.md") == commands("README.zh-CN.md")
    assert "python3 run.py demo" in commands("README.md")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/architecture.md", "docs/sources.md"])
def test_page_when_it_links_to_a_file_then_the_file_is_there(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_readme_when_it_names_a_command_then_the_command_is_there() -> None:
    names = set(re.findall(r"`chainatlas ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    modules = {path.stem for path in (ROOT / "pipelines" / "cli").glob("*.py")}
    assert names - modules == set()
