"""A real HTTP server on loopback that behaves like a forge, with faults and a clock of its own."""

import hashlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from forge_world import World


@dataclass
class Reply:
    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Instead of the document."""
    pages: tuple[int, int] | None = None
    """Number of this page and of the last one."""
    fault: str | None = None


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return f"{self.path}?{urlencode(self.query)}"


Routes = Callable[[World, Asked], Reply | None]
Fault = Callable[[int, Asked], Reply | None]


class ForgeServer:
    """Serves a world in one forge's words; `asked` is what was asked so far."""

    def __init__(self, world: World, routes: Routes, prefix: str) -> None:
        self.world = world
        self.asked: list[Asked] = []
        self.answered: Counter[int] = Counter()
        self.fault: Fault = lambda number, asked: None
        self.clock_ahead = timedelta()
        self.limit: int | None = None
        """Requests that each token may send; null for any number."""
        self.used: Counter[str] = Counter()
        self.reset_in = 3600
        self.tokens: set[str] | None = None
        self.says_links = True
        self._routes, self._prefix = routes, prefix
        self._lock = threading.Lock()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_ahead

    def reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            number = len(self.asked)
        if (fault := self.fault(number, asked)) is not None:
            return fault
        token = re.sub(r"^(Bearer|token) ", "", asked.headers.get("authorization", "")) or asked.headers.get(
            "private-token", ""
        )
        if self.tokens is not None and token not in self.tokens:
            return Reply(401, {"message": "Bad credentials"})
        limits = {}
        if self.limit is not None:
            left = self.limit - self.used[token]
            reset = str(int(self.now.timestamp()) + self.reset_in)
            limits = {"X-RateLimit-Remaining": str(max(left - 1, 0)), "X-RateLimit-Reset": reset}
            if left <= 0:
                return Reply(403, {"message": "API rate limit exceeded"}, limits)
        reply = self._routes(self.world, asked)
        if reply is None:
            reply = Reply(404, {"message": "Not Found"})
        if reply.status == 200 and reply.body is None:
            body = json.dumps(reply.document, ensure_ascii=False).encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            reply.headers["ETag"] = etag
            if asked.headers.get("if-none-match") == etag:
                return Reply(304, headers={"ETag": etag, **limits})
        if self.limit is not None:
            self.used[token] += 1
        reply.headers |= limits
        return reply

    def links(self, asked: Asked, reply: Reply, base: str) -> dict[str, str]:
        if reply.pages is None:
            return {}
        page, last = reply.pages
        if not self.says_links:
            return {"total_page": str(last)}
        if last <= 1:
            return {}
        found = {"first": 1, "last": last} | ({"next": page + 1} if page < last else {})
        urls = {
            name: f"{base}{asked.path}?{urlencode(asked.query | {'page': str(number)})}"
            for name, number in found.items()
        }
        return {"Link": ", ".join(f'<{url}>; rel="{name}"' for name, url in urls.items())}


def _handler(forge: ForgeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for an acknowledgement that is delayed

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            asked = Asked(
                parts.path.removeprefix(forge._prefix),
                query,
                {name.lower(): value for name, value in self.headers.items()},
            )
            reply = forge.reply(asked)
            forge.answered[reply.status] += 1
            base = f"http://{self.headers['Host']}{forge._prefix}"
            body = reply.body
            if body is None:
                body = b"" if reply.status == 304 else json.dumps(reply.document, ensure_ascii=False).encode()
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}
            if "Location" in headers and headers["Location"].startswith("/"):
                headers["Location"] = base + headers["Location"]
            for name, value in (headers | forge.links(asked, reply, base)).items():
                self.send_header(name, value)
            self.end_headers()
            if reply.fault == "cut":
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            elif reply.fault == "stall":
                self.wfile.write(body[:1])
                self.wfile.flush()
                stalled.wait(5)
                self.close_connection = True
            else:
                self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(forge.now, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            pass

    stalled = forge.stalled = threading.Event()  # type: ignore[attr-defined]
    return Handler


@contextmanager
def serve(forge: ForgeServer) -> Iterator[str]:
    """The base address of the API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{forge._prefix}"
    finally:
        forge.stalled.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()


def paged(entries: list[Any], asked: Asked) -> Reply:
    """One page of a list, by `page` and `per_page`."""
    size, page = min(int(asked.query.get("per_page", "30")), 100), int(asked.query.get("page", "1"))
    last = max((len(entries) + size - 1) // size, 1)
    return Reply(200, entries[(page - 1) * size : page * size], pages=(page, last))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(unquote(text))
