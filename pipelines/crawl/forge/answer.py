"""An answer of a forge, and what its headers say of pages, clocks and limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import orjson

from pipelines.crawl.http_date import http_date

_LINK = re.compile(r"<([^<>]{1,2000})>([^<>,]{0,200})")
_NEXT = re.compile(r'\brel="?next"?(?![\w-])')
_SECONDARY = re.compile(rb"secondary rate limit|abuse detection", re.IGNORECASE)
_SECONDARY_WAIT = 60.0
"""Seconds that GitHub asks for where a secondary limit names none."""
_LONGEST_WAIT = 86_400.0
_TEXT = 300


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body of one answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    """By our clock."""

    @property
    def told_at(self) -> datetime:
        """When it was given, by the forge's clock where it tells it."""
        return http_date(self.headers.get("date")) or self.received_at

    @property
    def etag(self) -> str | None:
        return self.headers.get("etag")

    @property
    def next_url(self) -> str | None:
        """The page that follows by the `Link` header."""
        for url, parameters in _LINK.findall(self.headers.get("link", "")[:20_000]):
            if _NEXT.search(parameters):
                return str(url)
        return None

    @property
    def pages(self) -> int | None:
        """How many pages there are, where the forge counts them."""
        for name in ("total_page", "x-total-pages"):
            if (value := self.headers.get(name, "")).isdecimal():
                return int(value[:9])
        return None

    @cached_property
    def document(self) -> Any:
        """The body, null where it is empty; raises `ValueError` if it is not JSON."""
        return orjson.loads(self.body) if self.body else None

    def message(self) -> str:
        """What the forge says of a failure, shortened; its text is untrusted."""
        try:
            document = self.document
            text = document.get("message") or document.get("error") if isinstance(document, dict) else None
        except ValueError:
            text = None
        return f"{self.status}: {text[:_TEXT]}" if isinstance(text, str) else str(self.status)

    @property
    def remaining(self) -> int | None:
        """Requests left to the token, null if not told."""
        for name in ("x-ratelimit-remaining", "ratelimit-remaining"):
            if (value := self.headers.get(name, "")).isdecimal():
                return int(value[:9])
        return None

    @property
    def wait(self) -> timedelta | None:
        """For how long the token must rest; null if the answer is about no limit.

        The reset is told by the forge's clock and is measured against it: our own may be wrong.
        """
        if self.status not in (403, 429):
            return None
        if (after := self.headers.get("retry-after")) is not None:
            return self._retry_after(after)
        if self.remaining == 0 and (reset := self.reset_in) is not None:
            return reset
        if self.status == 429 or _SECONDARY.search(self.body[:10_000]):
            return timedelta(seconds=_SECONDARY_WAIT)
        return None

    @property
    def reset_in(self) -> timedelta | None:
        """Time from this answer to the reset of the primary limit."""
        for name in ("x-ratelimit-reset", "ratelimit-reset"):
            if (value := self.headers.get(name, "")).isdecimal():
                seconds = int(value[:18]) - self.told_at.timestamp() + 1
                return timedelta(seconds=min(max(seconds, 1.0), _LONGEST_WAIT))
        return None

    def _retry_after(self, text: str) -> timedelta:
        if text.strip().isdecimal():
            return timedelta(seconds=min(max(float(text), 1.0), _LONGEST_WAIT))
        at = http_date(text)
        seconds = (at - self.told_at).total_seconds() if at else _SECONDARY_WAIT
        return timedelta(seconds=min(max(seconds, 1.0), _LONGEST_WAIT))
