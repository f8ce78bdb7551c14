"""What the path of a changed file tells: its folder, at most two levels deep, and its language."""

from functools import lru_cache

from pipelines.crawl.languages import language_of

Change = tuple[bytes, str | None]
"""Folder, empty for the root, and language; null where none is known or the file is binary."""
_LEVELS = 2


@lru_cache(maxsize=65_536)
def change_of(path: bytes) -> Change:
    """Folder and language of a path; histories name the same paths over and over."""
    folders, _, _ = path.rpartition(b"/")
    return b"/".join(folders.split(b"/", _LEVELS)[:_LEVELS]), language_of(path)
