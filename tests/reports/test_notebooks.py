"""Notebooks: the report's own figures, in both languages, and nothing that a repository wrote is markup."""

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import plotly.graph_objects
import pytest
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

import notebooks.atlas
from notebooks import notebook_files
from notebooks.atlas import Atlas, framed, open_atlas
from pipelines.cli import main
from reports.browser import find_browser
from reports.errors import ReportError
from reports.figures import figures
from reports.findings import read_findings
from warehouse.errors import WarehouseError

CHROMIUM = find_browser()


@pytest.fixture(scope="session")
def workspace(hostile_published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose answers were published, as the command line names it."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / ".chainatlas").symlink_to(hostile_published.parent.parent)
    return folder


@pytest.fixture(scope="session")
def atlas(workspace: Path) -> Atlas:
    return open_atlas(workspace)


def test_notebooks_when_listed_then_one_for_each_reader_and_a_blank_one() -> None:
    assert sorted(notebook_files()) == ["ospo", "planner", "security", "start"]


def test_notebooks_when_they_name_figures_then_these_are_figures_of_the_report() -> None:
    known = {figure.name for figure in figures()}
    prefixes = tuple({name.partition("_")[0] + "_" for name in known})
    for path in notebook_files().values():
        source = path.read_text("utf-8")
        asked = set(re.findall(r'atlas\.figure\("(\w+)"', source))
        listed = {name for name in re.findall(r'^ +"(\w+)",$', source, re.M) if name.startswith(prefixes)}
        assert (asked | listed) - known == set()
        assert asked or path.stem == "start"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_figure_when_shown_then_says_the_finding_of_the_report(
    atlas: Atlas, hostile_published: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = atlas.figure("component_use", language).text
    [finding] = read_findings(hostile_published, ["component_use"], language)
    assert finding in capsys.readouterr().out
    assert finding.partition("<")[0].strip()[:20] in shown


@pytest.mark.parametrize(
    "figure", [f.name for f in figures() if f.section in ("chain", "overview", "coverage")]
)
def test_figure_when_names_are_hostile_then_none_is_markup(atlas: Atlas, figure: str) -> None:
    shown = atlas.figure(figure, "en").text.lower()
    assert "<script>document" not in shown
    assert "<img src=x" not in shown
    assert "<b>bold" not in shown


def test_figure_when_there_is_none_of_the_name_then_says_which_there_are(atlas: Atlas) -> None:
    with pytest.raises(ReportError, match="gap_ranking"):
        atlas.figure("gaps", "en")


def test_sql_when_it_would_write_or_read_files_then_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    assert atlas.sql("select count(*) as n from core.enterprise").to_pylist() == [{"n": 3}]
    for query in ("create table leak as select 1", f"copy (select 1) to '{tmp_path / 'x'}'"):
        with pytest.raises(WarehouseError):
            atlas.sql(query)


def test_table_when_its_csv_is_downloaded_then_no_cell_is_a_formula(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {}
    monkeypatch.setattr(notebooks.atlas.mo, "download", lambda data, *_, **__: given.setdefault("csv", data))
    notebooks.atlas.table(atlas.sql("select '=HYPERLINK(0)' as name"))
    assert given["csv"]().decode("utf-8-sig").splitlines() == ["name", "'=HYPERLINK(0)"]


def test_choice_when_names_are_there_then_value_is_the_id(atlas: Atlas) -> None:
    chosen = atlas.choice("enterprise")
    assert set(chosen.options.values()) == {"acme", "bolt", "dark"}
    assert "甲 · Acme (acme)" in chosen.options


def test_open_atlas_when_the_environment_names_the_workspace_then_that_is_opened(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["planner.py"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WarehouseError):
        open_atlas()
    monkeypatch.setenv("CHAINATLAS_WORKSPACE", str(workspace))
    assert open_atlas().published.is_file()


def test_command_when_called_without_a_name_then_lists_and_with_copy_copies(tmp_path: Path) -> None:
    listed = json.loads(CliRunner().invoke(main, ["notebook", "--format", "json"]).stdout)
    assert [row["name"] for row in listed] == sorted(notebook_files())
    mine = tmp_path / "mine.py"
    copied = CliRunner().invoke(main, ["notebook", "start", "--copy", str(mine)])
    assert copied.exit_code == 0
    assert mine.read_text("utf-8") == notebook_files()["start"].read_text("utf-8")
    assert CliRunner().invoke(main, ["notebook", "start", "--copy", str(mine)]).exit_code == 2


def test_command_when_the_notebook_is_packaged_or_nothing_is_published_then_says_so(tmp_path: Path) -> None:
    edited = CliRunner().invoke(main, ["notebook", "planner", str(tmp_path), "--edit"])
    assert (edited.exit_code, "--copy" in edited.output) == (2, True)
    empty = CliRunner().invoke(main, ["notebook", "planner", str(tmp_path)])
    assert (empty.exit_code, "chainatlas run" in empty.output) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(notebook_files()))
def test_notebook_when_run_as_a_script_then_prints_what_it_found(name: str, workspace: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", notebook_files()[name], "--workspace", workspace, "--language", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= (1 if name == "start" else 10)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_notebook_when_opened_as_an_app_then_shows_charts_and_changes_language(workspace: Path) -> None:
    words = [sys.executable, "-m", "pipelines.cli", "notebook", "planner", str(workspace), "--no-browser"]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    with (
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as server,
        sync_playwright() as playwright,
    ):
        try:
            found = (re.search(r"https?://\S+", line) for line in server.stdout)
            address = next(filter(None, found)).group().replace("localhost", "127.0.0.1")
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            local = ("http://127.0.0.1", "data:", "blob:")
            page.route(
                "**/*", lambda r: r.continue_() if r.request.url.startswith(local) else r.abort()
            )  # no network
            assert page.request.get(address.partition("?")[0]).url.endswith("/auth/login?next=%2F")
            page.goto(address)
            page.get_by_role("heading", name="产业规划者").wait_for(timeout=60_000)
            page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
            page.get_by_text("English").first.click()
            page.get_by_role("heading", name="Industry planner").wait_for(timeout=60_000)
            assert "owned" not in page.title()
            browser.close()
        finally:
            server.terminate()


@pytest.mark.slow
def test_frame_when_made_as_high_as_its_document_again_and_again_then_does_not_grow() -> None:
    figure = plotly.graph_objects.Figure(layout={"height": 300})
    document = html.escape(framed(figure.to_html(include_plotlyjs=True)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_content(f'<iframe srcdoc="{document}" height="340"></iframe>')
        page.frames[-1].locator(".plot-container").wait_for()
        heights = page.evaluate(
            """() => [...Array(5)].map(() => {
                const frame = document.querySelector('iframe')
                frame.style.height = `${frame.contentDocument.documentElement.scrollHeight}px`
                return frame.offsetHeight
            })"""
        )
        browser.close()
    assert len(set(heights)) == 1
