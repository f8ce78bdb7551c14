"""The report on paper: an installed Chromium prints the one-page report."""

import asyncio
import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from reports.browser import BROWSERS, find_browser
from reports.errors import ReportError
from reports.whole_file import whole_file

_SECONDS = 600
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: what a page asked of the network would fail."""
_READY = "document.documentElement.dataset.ready === 'print'"
_PAUSE = 0.1
_NUMBERS = (
    '<div style="width: 100%; font-size: 7px; text-align: center; color: #777">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
_PAPER = {
    "paperWidth": 8.27, "paperHeight": 11.69, "scale": 0.62, "printBackground": True,
    "displayHeaderFooter": True, "headerTemplate": "<span></span>", "footerTemplate": _NUMBERS,
    "marginTop": 0.45, "marginBottom": 0.55, "marginLeft": 0.45, "marginRight": 0.45,
}  # fmt: skip
"""A4, in inches."""


def print_pdf(single: Path, file: Path) -> Path:
    """Print the main pages of a one-page report to `file` and return it; an earlier one is replaced.

    Raises:
        ReportError: no Chromium is installed, it did not print, or the file cannot be written.
    """
    browser = find_browser()
    if browser is None:
        raise ReportError(f"a PDF needs an installed browser, one of {', '.join(BROWSERS)}; none is on PATH")
    address = f"{single.absolute().as_uri()}?print"
    try:
        with ThreadPoolExecutor(1) as thread:  # callers may have an event loop of their own
            printed = thread.submit(lambda: asyncio.run(_printed(browser, address))).result()
    except Exception as error:  # whatever a browser and its pipe may do
        raise ReportError(f"{browser} did not print {single}: {error or type(error).__name__}") from error
    with whole_file(file) as partial:
        partial.write_bytes(printed)
    return file


async def _printed(path: str, address: str) -> bytes:
    from choreographer import Browser  # noqa: PLC0415  # only this needs it

    sandbox = os.name == "nt" or os.geteuid() != 0  # Chromium's sandbox refuses root
    async with (
        asyncio.timeout(_SECONDS),
        Browser(path, headless=True, enable_sandbox=sandbox, proxy_server=_NOWHERE) as browser,
    ):
        tab = await browser.create_tab(address)
        while not await _is_ready(tab):
            await asyncio.sleep(_PAUSE)
        answer = await tab.send_command("Page.printToPDF", _PAPER)
        if "error" in answer:
            raise ReportError(str(answer["error"].get("message", answer["error"])))
        return base64.b64decode(answer["result"]["data"])


async def _is_ready(tab: Any) -> bool:
    """Whether the page has drawn all; while it still loads, the browser may answer with an error."""
    answer = await tab.send_command("Runtime.evaluate", {"expression": _READY, "returnByValue": True})
    return answer.get("result", {}).get("result", {}).get("value") is True
