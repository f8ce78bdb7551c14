"""What the documentation names exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.cli.audit import command as audit

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_security_when_it_names_tests_then_they_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) > 15
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_it_links_to_files_then_they_exist(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "page",
    # comparison.md names paths of other projects; the reference is compared with the code as a whole
    [page for page in PAGES if page.name != "comparison.md" and page.parent.name != "reference"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_page_when_it_names_paths_of_the_project_then_they_exist(page: Path) -> None:
    folders = "sbom|warehouse|pipelines|reports|taxonomy|benchmarks|tests|docs|examples"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.slow
def test_reference_when_compared_with_the_code_then_says_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "docs/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}: python docs/reference.py writes them anew"


@pytest.mark.parametrize("name", ["github.yml", "gitlab-ci.yml", "gitee-go.yml", "pre-commit-config.yaml"])
def test_snippet_when_read_then_its_options_are_ours_and_a_page_shows_it(name: str) -> None:
    text = (ROOT / "examples" / "ci" / name).read_text("utf-8")
    assert yaml.safe_load(text)
    [words] = re.findall(r"chainatlas audit ((?:[^\n]|\n +--)*)", text)
    assert set(re.findall(r"--[a-z-]+", words)) <= {name for param in audit.params for name in param.opts}
    assert f"examples/ci/{name}" in (ROOT / "docs/how-to/continuous-integration.md").read_text("utf-8")
