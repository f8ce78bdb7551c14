"""A loopback HTTP server that answers like a package registry, and misbehaves in the ways that they do."""

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    """A request as it came, and the status that it was answered with."""

    path: str
    headers: dict[str, str]
    status: int


@dataclass
class RegistryServer:
    """Documents by path, and how to misbehave."""

    url: str = ""
    documents: dict[str, bytes] = field(default_factory=dict)
    last_modified: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses and headers that the next requests are answered with instead."""
    cut: int = 0
    """How many of the next answers break off in the middle."""
    bombs: set[str] = field(default_factory=set)
    """Paths whose answer unpacks to a thousand times its size."""
    hold: float = 0
    """Seconds that each request waits before it is answered."""
    most_at_once: int = 0

    @property
    def asked(self) -> list[tuple[str, int]]:
        return [(request.path, request.status) for request in self.requests]


@contextmanager
def serve_registry() -> Iterator[RegistryServer]:
    state = RegistryServer()
    lock = threading.Lock()
    now = [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                now[0] += 1
                state.most_at_once = max(state.most_at_once, now[0])
                answer = state.answers.pop(0) if state.answers else None
                is_cut = answer is None and state.cut > 0
                state.cut -= is_cut
            time.sleep(state.hold)
            self._serve(answer, is_cut)

        def _serve(self, answer: tuple[int, dict[str, str]] | None, is_cut: bool) -> None:
            content = state.documents.get(self.path)
            if answer is not None:
                self._send(answer[0], b"", answer[1])
            elif self.path in state.bombs:
                body = gzip.compress(bytes(64 << 20))
                self._send(200, body, {"Content-Encoding": "gzip"})
            elif content is None:
                self._send(404, b"", {})
            else:
                etag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
                headers = {"ETag": etag}
                if self.path in state.last_modified:
                    headers["Last-Modified"] = state.last_modified[self.path]
                if self.headers.get("If-None-Match") == etag:
                    self._send(304, b"", headers)
                else:
                    self._send(200, content, headers, is_cut)

        def _send(self, status: int, body: bytes, headers: dict[str, str], is_cut: bool = False) -> None:
            state.requests.append(Request(self.path, dict(self.headers), status))
            with lock:  # before the answer, after which the next request may come at once
                now[0] -= 1
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if is_cut else body)
            if is_cut:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
