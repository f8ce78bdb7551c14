"""`/explore` in a real Chromium: filters, shocks and SQL are answered, wrong questions are explained."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from pipelines.serve.app import make_app
from pipelines.state import StateFolder
from reports.browser import find_browser

CHROMIUM = find_browser()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def address(region: Path) -> Iterator[str]:
    app = make_app(StateFolder(region / ".chainatlas"), frozenset({"127.0.0.1"}))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        problems: list[str] = []
        page.on("console", lambda said: said.type == "error" and problems.append(said.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
        browser.close()
    assert [problem for problem in problems if "400 (Bad Request)" not in problem] == []


def test_explore_when_opened_from_the_report_then_answers(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    page.click('nav a[href="/explore"]')
    page.wait_for_selector("#table option[value=component_use]", state="attached")

    page.fill("#sql", "select '<b>bold</b>' as text, 1 as number, null as nothing")
    page.click("#query button[type=submit]")
    page.wait_for_selector("section:nth-of-type(3) td")
    cells = page.locator("section:nth-of-type(3) td").all_text_contents()
    assert cells == ["<b>bold</b>", "1", "—"]

    page.fill("#sql", "select nonsense")
    page.click("#query button[type=submit]")
    page.wait_for_selector("section:nth-of-type(3) .said.wrong")
    assert "nonsense" in page.text_content("section:nth-of-type(3) .said")

    page.select_option("#table", "component_use")
    page.click("#add-condition")
    page.select_option("#conditions .column", "package_key")
    page.select_option("#conditions .comparison", "like")
    page.fill("#conditions .value", "LODASH")
    page.click("#filter button[type=submit]")
    page.wait_for_selector("section:nth-of-type(2) td")
    assert page.locator("section:nth-of-type(2) tbody tr").count() == 1
    assert "pkg:npm/lodash" in page.locator("section:nth-of-type(2) td").all_text_contents()

    page.select_option("#shocks .kind", "component")
    page.fill("#shocks .subject", "pkg:npm/lodash")
    page.click("#simulate button[type=submit]")
    page.wait_for_selector("section:nth-of-type(1) td")
    assert "component:pkg:npm/lodash" in page.locator("section:nth-of-type(1) td").all_text_contents()

    assert page.is_visible("text=若它不在了")
    page.click("#language")
    assert page.is_visible("text=What if it were gone")
    page.goto(f"{address}/")
    assert page.locator("html").get_attribute("data-language") == "en"
    page.goto(f"{address}/explore")
    assert page.is_visible("text=What if it were gone")
    assert page.title() == "Explore · 链图"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
