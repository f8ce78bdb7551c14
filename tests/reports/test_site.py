"""The report: true to the warehouse, harmless whatever repositories are named, working without network."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from reports.errors import ReportError
from reports.figures import figures, label
from reports.site import build_report, cell
from reports.texts import Words

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def page_file(hostile_published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(hostile_published, tmp_path_factory.mktemp("report"))


class Elements(HTMLParser):
    """Names of all elements, and attributes that would run code."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def test_page_when_names_are_hostile_then_they_are_text_only(page_file: Path) -> None:
    found = Elements()
    found.feed(page_file.read_text("utf-8"))
    assert found.names.count("script") == 3
    assert "img" not in found.names
    assert found.handlers == []
    assert all(address.startswith("#") for address in found.addresses)


def test_page_when_names_hold_controls_or_overrides_then_they_are_replaced(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    body = page[: page.index('<script type="application/json"')]
    assert "\0" not in body
    assert "\u202e" not in body
    assert max(len(text) for text in re.findall(r"<td[^>]*>([^<]*)</td>", body)) <= 2000


def test_charts_when_read_back_then_no_label_carries_markup(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])
    assert set(charts) <= {figure.name for figure in figures()}
    assert charts["component_use"]["en"]["data"]
    assert "<" not in json.dumps(charts)


def test_page_when_built_then_shows_what_the_warehouse_holds(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    assert "2 of 3 enterprises" in page
    assert "3 家企业中观测到 2 家" in page
    assert "pkg:npm/left-pad" in page
    assert re.search(r"hang on one person", page)


def test_page_when_it_has_people_counts_under_five_then_they_are_folded(page_file: Path) -> None:
    assert "&lt;5" in page_file.read_text("utf-8")


def test_report_when_nothing_was_published_then_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="published"):
        build_report(tmp_path / "none.duckdb", tmp_path / "report")
    assert not (tmp_path / "report" / "index.html").exists()


def test_cell_when_null_then_is_not_zero() -> None:
    words = Words("en")
    assert cell(None, words) == "–"
    assert cell(0, words) == "0"
    assert cell(0.0, words) == "0"
    assert cell(1234567, words) == "1,234,567"
    assert cell(12.5, words) == "12.5"
    assert cell(True, words) == "yes"
    assert cell(list("abcdefghijklmn"), words) == "a, b, c, d, e, f, g, h, i, j, k, l and 2 more"


def test_label_when_text_is_long_or_markup_then_is_cut_and_escaped() -> None:
    assert label("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert label("x" * 50) == "x" * 39 + "…"
    assert label(None) == ""


@pytest.fixture(scope="module")
def browser_page(page_file: Path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        context = browser.new_context(offline=True)
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_selector(".chart .plot-container")
        yield page, problems
        browser.close()


@pytest.mark.slow
def test_page_when_opened_in_a_browser_offline_then_draws_without_errors(
    browser_page: tuple[Page, list[str]],
) -> None:
    page, problems = browser_page
    assert problems == []
    assert page.title() != "owned"
    places, drawn = page.locator(".chart").count(), page.locator(".chart .plot-container").count()
    assert places == drawn > 0


@pytest.mark.slow
def test_language_when_toggled_then_texts_and_charts_change(browser_page: tuple[Page, list[str]]) -> None:
    page, _ = browser_page
    heading = page.locator("h1 span:visible")
    assert "链图" in heading.inner_text()
    page.click("#language")
    assert "software industry" in heading.inner_text()
    assert "direct" in page.locator("#figure-component_use .legendtext").all_text_contents()
    page.click("#language")
    assert "链图" in heading.inner_text()


@pytest.mark.slow
def test_page_when_on_a_phone_then_does_not_scroll_sideways(browser_page: tuple[Page, list[str]]) -> None:
    page, _ = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector(".chart .plot-container")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
