"""The report on paper: an installed Chromium prints the one-page report."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reports.errors import ReportError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_SECONDS = 600


def print_pdf(single: Path, file: Path) -> Path:
    """Print the main pages of a one-page report to `file` and return it; an earlier one is replaced.

    Raises:
        ReportError: no Chromium is installed, or it did not print.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise ReportError(f"a PDF needs an installed browser, one of {', '.join(BROWSERS)}; none is on PATH")
    with tempfile.TemporaryDirectory(prefix="chainatlas-pdf-") as scratch:
        made = Path(scratch) / "report.pdf"
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={scratch}/profile", "--no-pdf-header-footer", "--virtual-time-budget=60000",
            f"--print-to-pdf={made}", f"{single.absolute().as_uri()}?print",
        ]  # fmt: skip
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium's sandbox refuses root
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(f"{browser} did not print {single}: {error}") from error
        if not made.is_file() or not made.stat().st_size:
            last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
            raise ReportError(f"{browser} did not print {single}: {last[0]}")
        shutil.move(made, file)
    return file
