"""The browser that prints the report and draws its charts as images: an installed Chromium."""

import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""Programs that are looked for, in this order."""


def find_browser() -> str | None:
    """The path of the first that is installed; null where none is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
