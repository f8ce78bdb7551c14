"""Make the pictures of docs/images anew from the demo: one page of each reader, as Chromium shows it.

    python docs/screenshots.py chainatlas-demo/.chainatlas/report

Needs the report that `chainatlas demo` writes, the dev extra and an installed Chromium with a CJK font.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from reports.browser import find_browser

PICTURES = {
    "planner": ("chain.html", "#chain--gap_ranking"),
    "security": ("security.html", "#security--exposure_decisions"),
    "open-source-office": ("contribution.html", "#contribution--contribution_by_year"),
}
"""Page and the figure that its picture begins with, by the reader."""
SIZE = {"width": 1280, "height": 860}


def main(report: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport=SIZE).new_page()
        for reader, (name, figure) in PICTURES.items():
            page.goto((report / name).absolute().as_uri() + figure)
            page.wait_for_selector("html[data-started=yes]")
            page.evaluate(
                "Promise.all([...document.querySelectorAll('.chart')].map((chart) => chart.drawNow()))"
            )
            page.evaluate(f"document.querySelector('{figure}').scrollIntoView()")
            ends = page.locator(figure).bounding_box()
            height = min(SIZE["height"], int(ends["y"] + ends["height"]) + 16)
            page.screenshot(
                path=folder / f"{reader}.png", clip={"x": 0, "y": 0, "width": SIZE["width"], "height": height}
            )
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "images")
