"""Run `git log` over given commits of an untrusted repository, within bounds of time and memory."""

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from subprocess import Popen
from typing import IO

from sbom.git import GitView

_COMMON = ("log", "-z", "--stdin", "--no-walk=unsorted", "--encoding=UTF-8", "--date=raw")
_PIECE_BYTES = 64 * 1024
_GIT_MEMORY_BYTES = 1024 * 1024 * 1024
"""A tree that holds another ten times, ten levels deep, would make git allocate without end."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why `git log` did not come to its end."""

    reason: str
    timed_out: bool = False


class Closed(Exception):
    """The reader of a history has been closed; nothing more is read for it."""


class GitLog:
    """Starts `git log` on a view.

    Threads may share it; `close` ends what still runs for any of them.
    """

    def __init__(self, view: GitView) -> None:
        self._view = view
        self._running: set[Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def read(
        self,
        commits: Sequence[bytes],
        options: Sequence[str],
        parse: Callable[[Iterator[bytes]], None],
        seconds: float,
    ) -> Failure | None:
        """Give the output for the commits, in their order, to `parse` in pieces; null if all went well.

        `parse` ends git by raising a ValueError.

        Raises:
            Closed: `close` was called.
        """
        if not commits:
            return None
        if seconds <= 0:
            return Failure("no time left", timed_out=True)
        deadline = time.monotonic() + seconds
        with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as messages:
            request.write(b"\n".join(commits) + b"\n")
            request.seek(0)
            arguments = (*_COMMON, *options)
            with self._started(arguments, request, messages, seconds) as process:
                try:
                    parse(_pieces(process))
                except ValueError as error:
                    return Failure(str(error))
                if process.wait() == 0:
                    return None
            if self._closed:
                raise Closed
            return Failure(_last_line(messages), timed_out=time.monotonic() >= deadline)

    @contextlib.contextmanager
    def _started(
        self, arguments: Sequence[str], request: IO[bytes], messages: IO[bytes], seconds: float
    ) -> Iterator[Popen[bytes]]:
        with self._view.start(*arguments, stdin=request, stderr=messages) as process:
            _limit_memory(process.pid)
            watchdog = threading.Timer(seconds, process.kill)
            watchdog.daemon = True
            watchdog.start()
            with self._lock:
                self._running.add(process)
                if self._closed:
                    process.kill()
            try:
                yield process
            finally:
                watchdog.cancel()
                process.kill()
                with self._lock:
                    self._running.discard(process)


def _pieces(process: Popen[bytes]) -> Iterator[bytes]:
    assert process.stdout is not None
    while piece := os.read(process.stdout.fileno(), _PIECE_BYTES):
        yield piece


def _limit_memory(process_id: int) -> None:
    try:
        from resource import RLIMIT_DATA, prlimit  # noqa: PLC0415  # only Linux limits another process
    except ImportError:
        return
    with contextlib.suppress(OSError):
        prlimit(process_id, RLIMIT_DATA, (_GIT_MEMORY_BYTES, _GIT_MEMORY_BYTES))


def _last_line(messages: IO[bytes]) -> str:
    messages.seek(max(messages.seek(0, os.SEEK_END) - 4096, 0))
    lines = messages.read().decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[-1][:500] if lines else "git log ended without a message"
