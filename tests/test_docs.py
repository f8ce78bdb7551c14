"""What the documentation names exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.cli.audit import command as audit
from warehouse.runner import discover_models
from warehouse.store.schema import RAW_TABLES

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize(("page", "least"), [("security.md", 15), ("three-paths.md", 25)])
def test_page_when_it_names_functions_of_files_then_they_exist(page: str, least: int) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs" / page).read_text("utf-8"))
    assert len(named) > least
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file()
        or not re.search(rf"^ *(?:def|class) {name}\b|^{name}\b.* = ", (ROOT / path).read_text("utf-8"), re.M)
    ]
    assert missing == []


def test_pages_and_headers_when_they_name_tables_then_these_exist() -> None:
    tables = {f"raw.{name}" for name in RAW_TABLES} | discover_models().keys()
    folders = "|".join({path.parent.name for path in (ROOT / "warehouse" / "models").glob("*/*.sql")})
    texts = {page: re.findall(r"`((?:raw|core|mart)\.[a-z_]+)`", page.read_text("utf-8")) for page in PAGES}
    for model in discover_models().values():
        said = [model.description, *model.columns.values(), model.formula or "", *model.edge_cases]
        texts[model.path] = [
            name
            for name in re.findall(rf"\b((?:raw|mart|{folders})\.[a-z_]+)\b", " ".join(said))
            if not (model.path.parent / name).exists()
        ]
    assert sum(map(len, texts.values())) > 300
    wrong = {path: set(names) - tables for path, names in texts.items() if set(names) - tables}
    assert wrong == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_it_links_to_files_then_they_exist(page: Path) -> None:
    text = re.sub(r"(`+)[^`].*?\1", "", page.read_text("utf-8"))  # code is no link
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_pages_when_the_documentation_is_built_then_each_has_its_place_in_the_table_of_contents() -> None:
    docs = ROOT / "docs"
    trees = re.findall(r"```\{toctree\}\n(.*?)```", (docs / "index.md").read_text("utf-8"), re.S)
    placed = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    pages = {str(page.relative_to(docs).with_suffix("")) for page in PAGES if docs in page.parents}
    assert sorted(placed) == sorted(pages - {"index"})


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
