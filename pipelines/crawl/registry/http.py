"""Ask one registry over HTTP as a good guest: paced, bounded, conditional, and gone when it asks for rest.

Sources: RFC 9110 (conditional requests, Retry-After), RFC 6585 (429).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from pipelines.crawl.http_date import http_date
from pipelines.crawl.registry.documents import Absent, Document, Unchanged
from pipelines.errors import CrawlError
from sbom.lockfiles.origins import without_credentials

LARGEST_DOCUMENT = 128 << 20
"""The packuments of the largest npm packages take about 100 MiB."""
_ATTEMPTS = 3
_DOCUMENT_SECONDS = 120.0
_PATIENCE = 30.0
"""A longer wait is left to the next update."""
_LONGEST_REST = 24 * 3600.0
_FAILURES_IN_A_ROW = 4
_TIMEOUT = httpx.Timeout(30, connect=10)


class Resting(CrawlError):
    """The registry asked not to be asked before a time, or it cannot be reached at all."""


@dataclass(frozen=True, slots=True)
class Validators:
    """By what the last version of a document is known."""

    etag: str | None = None
    last_modified: str | None = None


class Registry:
    """One registry, shared by all threads that ask it.

    `wait` waits for so many seconds; `rest_until` is the time, kept from an earlier run, before which it must
    not be asked.
    """

    def __init__(
        self,
        url: str,
        client: httpx.Client,
        *,
        interval: float = 0.0,
        token: str | None = None,
        rest_until: datetime | None = None,
        largest: int = LARGEST_DOCUMENT,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self.rest_until = rest_until
        self._client, self._interval, self._largest, self._wait = client, interval, largest, wait
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._failures = 0

    def fetch(self, path: str, known: Validators | None = None) -> tuple[Document, Validators]:
        """A document and its validators.

        Raises:
            Absent, Unchanged: it is not there; it is what `known` names.
            Resting: the registry must not or cannot be asked now.
            CrawlError: it refuses, breaks off, or the document is too large or too slow.
        """
        headers = dict(self._headers)
        if known is not None:
            headers |= {"If-None-Match": known.etag} if known.etag else {}
            headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        for attempt in range(1, _ATTEMPTS + 1):
            self._take_turn()
            try:
                found = self._ask(path, headers)
            except httpx.TransportError as error:
                reason, pause = f"{path}: {str(error) or type(error).__name__}", 0.5 * 2**attempt
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    self._note_failure(reason)
            else:
                self._failures = 0
                if not isinstance(found, _Refusal):
                    return found
                reason, pause = found.reason, found.pause or 0.5 * 2**attempt
                if pause > _PATIENCE:
                    self.rest_until = datetime.now(UTC) + timedelta(seconds=min(pause, _LONGEST_REST))
                    self._take_turn()
            if attempt < _ATTEMPTS:
                self._wait(pause)
        raise CrawlError(f"{reason}, {_ATTEMPTS} times")

    def _take_turn(self) -> None:
        if self.rest_until is not None and datetime.now(UTC) < self.rest_until:
            raise Resting(f"the registry asks for rest until {self.rest_until:%Y-%m-%d %H:%M:%S} UTC")
        if self._failures >= _FAILURES_IN_A_ROW:
            raise Resting("the registry cannot be reached")
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_at)
            self._next_at = turn + self._interval
        if turn > now:
            self._wait(turn - now)

    def _note_failure(self, reason: str) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= _FAILURES_IN_A_ROW:
                raise Resting(f"the registry cannot be reached: {reason}")

    def _ask(self, path: str, headers: dict[str, str]) -> "tuple[Document, Validators] | _Refusal":
        with self._client.stream("GET", self.url + path, headers=headers, timeout=_TIMEOUT) as response:
            status = response.status_code
            if status == httpx.codes.NOT_MODIFIED:
                raise Unchanged(path)
            if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
                raise Absent(f"{path}: the registry has none")
            if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
                return _Refusal(f"{path}: the registry answers {status}", _retry_after(response))
            if not response.is_success:
                raise CrawlError(f"{path}: the registry answers {status}")
            content = self._content(path, response)
            validators = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
            return Document(content, http_date(validators.last_modified)), validators

    def _content(self, path: str, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + _DOCUMENT_SECONDS
        content = bytearray()
        for chunk in response.iter_bytes(1 << 16):
            content += chunk
            if len(content) > self._largest:
                raise CrawlError(f"{path}: larger than {self._largest >> 20} MiB")
            if time.monotonic() > deadline:
                raise CrawlError(f"{path}: took longer than {_DOCUMENT_SECONDS:.0f} s")
        return bytes(content)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Not now; `pause` is what the registry asks for in seconds, null if it does not say."""

    reason: str
    pause: float | None


class RegistryDocuments:
    """The documents of one package; only the first is asked for on condition that it changed."""

    def __init__(self, registry: Registry, known: Validators | None) -> None:
        self._registry, self._known = registry, known
        self.validators: Validators | None = None

    def get(self, path: str) -> Document:
        is_first = self.validators is None
        document, validators = self._registry.fetch(path, self._known if is_first else None)
        if is_first:
            self.validators = validators
        return document

    def below(self, address: str) -> str | None:
        base = f"{self._registry.url}/"
        return f"/{address.removeprefix(base)}" if address.startswith(base) else None


def shown_url(url: str) -> str:
    """The address of a registry as tables and messages name it."""
    return without_credentials(url.rstrip("/"))


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from a number or a date."""
    stated = response.headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return float(stated[:9])
    date = http_date(stated)
    return max(0.0, (date - datetime.now(UTC)).total_seconds()) if date else None
