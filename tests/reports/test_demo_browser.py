"""The report of the demo in a real Chromium: the paths of docs/questions.md, and what its tables can do."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from reports.browser import find_browser

CHROMIUM = find_browser()
DOCUMENT = Path(__file__).parents[2] / "docs" / "questions.md"


def questions() -> list[tuple[str, list[str], str]]:
    """Question, clicks and figure of every row of the document."""
    rows = re.findall(r"^\| ([^|]+\?) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", DOCUMENT.read_text("utf-8"), re.M)
    return [(question, re.findall(r"\(([^)]+)\)", path), figure) for question, path, figure in rows]


def test_questions_when_counted_then_each_reader_has_five_of_at_most_three_clicks() -> None:
    assert DOCUMENT.read_text("utf-8").count("\n## ") == 3
    assert len(questions()) == 15
    assert all(1 <= len(clicks) <= 3 for _, clicks, _ in questions())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "region"
    command = [sys.executable, "-m", "pipelines.cli", "demo", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    return folder / ".chainatlas" / "report"


@pytest.fixture(scope="module")
def page(report: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(offline=True, accept_downloads=True).new_page()
        problems: list[str] = []
        page.on("console", lambda said: said.type == "error" and problems.append(said.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
        browser.close()
    assert problems == []


def opened(page: Page, file: Path) -> Page:
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-started=yes]")
    return page


def figure_named(page: Page, title: str) -> Locator:
    """The figure on the page shown whose heading is `title`."""
    heading = page.locator(".kicker span[lang='zh-CN']", has_text=re.compile(f"^{re.escape(title)}$"))
    return page.locator("article.figure", has=heading)


def table_of(page: Page, title: str) -> Locator:
    """The table behind a figure, opened."""
    details = figure_named(page, title).locator("details.table")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.scroll_into_view_if_needed()
    details.locator("tbody tr").first.wait_for()
    return details


def click(page: Page, step: str) -> None:
    """Follow one step as the document writes it."""
    if match := re.fullmatch(r"first item under (.+)", step):
        heading = page.locator("h3", has_text=match[1])
        heading.locator("xpath=following-sibling::ol").locator("a").first.click()
    elif match := re.fullmatch(r"a segment in (.+)", step):
        figure_named(page, match[1]).locator("a.tile:not(.quiet)").first.click()
    elif match := re.fullmatch(r"an enterprise in (.+)", step):
        table_of(page, match[1]).locator("tbody a").first.click()
    elif match := re.fullmatch(r"数据表 under (.+)", step):
        figure_named(page, match[1]).locator("summary", has_text="数据表").click()
    elif match := re.fullmatch(r"choose under (.+)", step):
        figure_named(page, match[1]).locator("select").select_option(index=1)
    else:
        page.locator("header nav").get_by_role("link", name=step, exact=True).click()
    page.wait_for_selector("html[data-started=yes]")


@pytest.mark.parametrize(("question", "clicks", "title"), questions(), ids=lambda value: str(value)[:40])
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_question_when_its_clicks_are_followed_then_the_figure_shows_data(
    page: Page, report: Path, question: str, clicks: list[str], title: str
) -> None:
    opened(page, report / "index.html")
    for step in clicks:
        click(page, step)
    figure = figure_named(page, title)
    figure.scroll_into_view_if_needed()
    assert re.search(r"\d", figure.locator(".finding span[lang='zh-CN']").inner_text())
    if "数据表" in " ".join(clicks):
        assert figure.locator("tbody tr").first.is_visible()
    shown = figure.locator(".plot-container, .tile, .card, tbody tr").first
    shown.wait_for()
    assert figure.locator("footer dt:visible").count() == 4
    assert figure.locator("footer a:text-is('SQL')").count() == 1


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_table_when_filtered_by_a_column_then_shows_and_downloads_only_its_rows(
    page: Page, report: Path
) -> None:
    opened(page, report / "security.html")
    details = table_of(page, "处置期限")
    total = details.locator("tbody tr").count()
    details.locator("thead th", has_text="漏洞").locator("button").nth(1).click()
    page.locator(".dtcc-dropdown input[type=text]").first.fill("CVE-2025-24813")
    page.wait_for_function(f"document.querySelectorAll('details[open] tbody tr').length < {total}")
    texts = details.locator("tbody tr").all_inner_texts()
    assert texts
    assert all("CVE-2025-24813" in text for text in texts)
    with page.expect_download() as started:
        details.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(Path(started.value.path()).read_text("utf-8-sig"), newline="")))
    assert len([row for row in rows if row]) == len(texts) + 1


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_gap_when_drilled_into_then_ends_at_file_and_line_in_both_languages(page: Page, report: Path) -> None:
    opened(page, report / "index.html")
    click(page, "first item under 产业规划者")
    place = re.compile(r"[\w./-]+:\d+")
    assert place.search(table_of(page, "证据").locator("tbody").inner_text())
    page.click("#language")
    page.locator("details.table[open] thead", has_text="enterprise").first.wait_for()
    details = figure_named(page, "证据").locator("details.table")
    assert place.search(details.locator("tbody").inner_text())
    assert page.locator("h2.finding span[lang=en]").first.is_visible()
    page.click("#language")
