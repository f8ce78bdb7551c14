"""The report in a real Chromium without network: nothing fails, everything that can be used works."""

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from report_pages import page_data

from reports.browser import find_browser
from reports.site import build_report, build_single
from reports.site.pdf import print_pdf

CHROMIUM = find_browser()
AXE = os.environ.get("CHAINATLAS_AXE")
"""Path of axe.min.js of the npm package axe-core, which is too large to carry for one test."""
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def folder(hostile_published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_report(hostile_published, tmp_path_factory.mktemp("site")).parent
    build_single(hostile_published, folder / "chainatlas.html")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


class Opened:
    """A page with what went wrong in it."""

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_context(offline=True, accept_downloads=True).new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.problems.append(said.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))

    def open(self, file: Path, fragment: str = "") -> Page:
        self.page.goto(file.as_uri() + fragment)
        self.page.wait_for_selector("html[data-started=yes]")
        return self.page


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    opened = Opened(browser)
    yield opened
    opened.page.context.close()


def draw_all(page: Page) -> int:
    """Draw every chart of the page shown, open every table; returns how many charts there are."""
    return page.evaluate(
        """async () => {
            const seen = (element) => element.offsetParent !== null
            const charts = [...document.querySelectorAll('.chart')].filter(seen)
            await Promise.all(charts.map((place) => place.drawNow()))
            for (const grid of document.querySelectorAll('.grid')) {
                if (!seen(grid.closest('.figure'))) continue
                grid.closest('details').open = true
                await grid.mountNow()
            }
            return charts.filter((place) => place.querySelector('.plot-container')).length - charts.length
        }"""
    )


def pages_of(folder: Path) -> list[str]:
    files = [file.relative_to(folder).as_posix() for file in folder.rglob("*.html")]
    return sorted(name for name in files if name != "chainatlas.html")


def test_pages_when_opened_offline_then_all_draw_without_errors_and_nothing_hostile_runs(
    folder: Path, opened: Opened
) -> None:
    for name in pages_of(folder):
        page = opened.open(folder / name, "#" + "pkg%3Anpm%2Fleft-pad" if name == "component.html" else "")
        assert draw_all(page) == 0, name
        assert page.title() != "owned"
        for size in (PHONE, {"width": 1280, "height": 900}):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, size)
    assert opened.problems == []


def test_language_when_toggled_then_texts_charts_and_tables_change_and_stay_so(
    folder: Path, opened: Opened
) -> None:
    page = opened.open(folder / "components.html")
    draw_all(page)
    assert "组件" in page.locator("h1 span:visible").inner_text()
    assert "直接" in page.locator(".legendtext").all_text_contents()
    page.click("#language")
    page.wait_for_selector(".legendtext:text-is('direct')")
    page.wait_for_selector("table.rows thead:has-text('Enterprises')")
    assert page.locator("h1 span:visible").inner_text() == "Components"
    page.reload()
    assert page.locator("h1 span:visible").inner_text() == "Components"


def test_language_when_toggled_while_a_chart_is_drawn_then_the_chart_follows(
    folder: Path, opened: Opened
) -> None:
    page = opened.open(folder / "contribution.html")
    begun, again, chinese = page.evaluate(
        """async () => {
            const place = [...document.querySelectorAll('.chart')].at(-1)
            const words = () => [...place.querySelectorAll('text')].map((text) => text.textContent).join('|')
            const toggle = () => document.getElementById('language').click()
            const drawn = place.drawNow()
            toggle()
            await drawn
            const begun = words()
            await place.drawNow()
            const again = words()
            toggle()
            await place.drawNow()
            return [begun, again, words()]
        }"""
    )
    assert begun == again != chinese


def test_table_when_sorted_searched_and_downloaded_then_rows_follow_and_no_cell_is_a_formula(
    folder: Path, opened: Opened
) -> None:
    page = opened.open(folder / "method.html")
    draw_all(page)
    figure = page.locator("#method--unknowns")
    with page.expect_download() as started:
        figure.get_by_role("button", name="CSV").click()
    text = Path(started.value.path()).read_text("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    total = len(page_data(folder / "method.html")["figures"]["method--unknowns"]["table"]["rows"])
    assert len(rows) == total + 1
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+@\t\r")]
    assert not [cell for row in rows for cell in row if "\0" in cell or "\u202e" in cell]
    column = figure.locator("tbody tr td:nth-child(3)")
    before = column.all_text_contents()
    for direction in ("ascending", "descending"):
        figure.locator("thead th").nth(2).get_by_role("button").first.click()
        figure.locator(f"thead th:nth-child(3)[aria-sort={direction}]").first.wait_for()
    assert column.all_text_contents() == sorted(before, key=str.lower, reverse=True) != before
    assert page.locator("tbody script, tbody img").count() == 0


def test_long_table_when_searched_then_shows_the_rows_that_fit(folder: Path, opened: Opened) -> None:
    page = opened.open(folder / "components.html")
    draw_all(page)
    grid = page.locator("#components--component_use .grid")
    assert grid.locator("tbody tr").count() == 9
    page.evaluate(
        "document.querySelector('#components--component_use .grid').table.search('left-pad').draw()"
    )
    assert grid.locator("tbody tr").count() == 1


def test_component_when_followed_from_a_table_then_its_users_show_with_file_and_line(
    folder: Path, opened: Opened
) -> None:
    page = opened.open(folder / "components.html")
    draw_all(page)
    page.click("#components--component_use a:has-text('left-pad')")
    page.wait_for_selector("#component--component_users tbody tr")
    text = page.locator("#component--component_users tbody").inner_text()
    assert "left-pad:3" in text
    assert "local/acme/app" in text
    assert opened.problems == []


def test_single_when_walked_through_then_pages_language_and_charts_work(folder: Path, opened: Opened) -> None:
    page = opened.open(folder / "chainatlas.html")
    page.click("nav a[data-path='chain.html']")
    page.wait_for_selector(".page[data-path='chain.html']:visible")
    assert draw_all(page) == 0
    page.click(".panorama a.tile")
    page.wait_for_selector(".page[data-path='segment/s.html']:visible")
    assert draw_all(page) == 0
    page.click("#language")
    page.goto(page.url.partition("#")[0] + "#/component.html/pkg%3Anpm%2Fleft-pad")
    page.wait_for_selector("#component--component_users tbody tr")
    assert opened.problems == []


@pytest.mark.skipif(AXE is None, reason="CHAINATLAS_AXE names no axe.min.js")
def test_pages_when_axe_looks_at_them_then_it_finds_no_serious_fault(folder: Path, browser: Browser) -> None:
    context = browser.new_context(offline=True, bypass_csp=True)
    page = context.new_page()
    faults = []
    for name, mode in (("index.html", "dark"), ("chain.html", "light"), ("enterprise/acme.html", "dark"),
                       ("components.html", "light")):  # fmt: skip
        page.emulate_media(color_scheme=mode)
        page.goto((folder / name).as_uri())
        page.wait_for_selector("html[data-started=yes]")
        draw_all(page)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults += [
            (name, mode, fault["id"], fault["nodes"][0]["html"][:160])
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
    assert faults == []
    context.close()


def test_keyboard_when_tabbing_then_reaches_the_skip_link_and_sorts_a_table(
    folder: Path, opened: Opened
) -> None:
    page = opened.open(folder / "enterprises.html")
    draw_all(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("table.rows thead button").first.focus()
    page.keyboard.press("Enter")
    page.locator("table.rows thead th[aria-sort='ascending']").wait_for()  # drawn behind the event
    assert page.locator("table.rows thead th[aria-sort='ascending']").count() == 1


def test_pdf_when_printed_then_holds_the_main_pages_whole(folder: Path, tmp_path: Path) -> None:
    printed = print_pdf(folder / "chainatlas.html", tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type ?/Page\b", printed))
    assert 5 <= pages <= 30
