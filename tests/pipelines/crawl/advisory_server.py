"""A loopback HTTP server with ETags, ranges and checksums, which can break in the ways that servers do."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class AdvisoryServer:
    """Files by path, and how to misbehave."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None, int]] = field(default_factory=list)
    """Path, Range header and status of each request."""
    break_after: int | None = None
    """Close the connection after so many bytes of a body."""
    wrong_checksum: bool = False


@contextmanager
def serve_advisories() -> Iterator[AdvisoryServer]:
    state = AdvisoryServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = state.files.get(self.path)
            wanted = self.headers.get("Range")
            if content is None:
                self._answer(404, b"", {})
                return
            digest = base64.b64encode(hashlib.md5(content).digest()).decode()
            etag = f'"{digest}"'
            headers = {"ETag": etag, "x-goog-hash": f"crc32c=AAAAAA==,md5={digest}"}
            if state.wrong_checksum:
                headers["x-goog-hash"] = f"md5={base64.b64encode(bytes(16)).decode()}"
            if self.headers.get("If-None-Match") == etag:
                self._answer(304, b"", headers)
            elif wanted and self.headers.get("If-Range") == etag:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                self._answer(206, content[start:], headers)
            else:
                self._answer(200, content, headers)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            state.requests.append((self.path, self.headers.get("Range"), status))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if state.break_after is None else body[: state.break_after])
            if state.break_after is not None:
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
