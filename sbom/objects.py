"""Read single git objects: two `git cat-file` processes answer as long as the reader lives.

One tells an object's type and size, so that one over a limit is never inflated; the other sends contents.
"""

import hashlib
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from threading import Timer
from types import TracebackType
from typing import Self

from sbom.errors import LimitReached, ScanError, SourceError
from sbom.git import GitView

_WINDOW = 256
"""Objects asked for at once: their ids, of up to 64 digits, fit a pipe, so that neither side waits."""


class ObjectReader:
    """Objects of a view by id. A context manager; its processes end with it, or `seconds` after it began."""

    def __init__(self, view: GitView, seconds: float) -> None:
        self._view = view
        self._deadline = time.monotonic() + seconds
        self._sizes = _Dialogue(view, "--batch-check", seconds)
        self._contents = _Dialogue(view, "--batch", seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sizes.end()
        self._contents.end()

    def read(self, object_id: str, object_type: str, max_bytes: int) -> bytes:
        """Content of an object of the given type (`blob`, `commit`).

        Raises:
            LimitReached: it is larger than `max_bytes`, or the reader's time is over.
            SourceError: it is missing, of another type, or corrupt: its content has another id.
        """
        found_type, size = self._sizes.header(object_id)
        if found_type != object_type:
            raise SourceError(f"object {object_id} is a {found_type}, not a {object_type}")
        if size > max_bytes:
            raise LimitReached(f"{size} bytes, over the limit of {max_bytes}")
        _, size = self._contents.header(object_id)
        content = self._contents.body(object_id, size)
        return _checked(object_id, found_type, content)

    def read_all(
        self, object_ids: Iterable[str], object_type: str, max_bytes: int
    ) -> Iterator[bytes | ScanError]:
        """Content of every object, or why there is none, in order; git works ahead while one is looked at.

        One object at a time is in memory. The reader may be used otherwise meanwhile.
        """
        ids = iter(object_ids)
        ahead = _Dialogue(self._view, "--batch", self._deadline - time.monotonic())
        try:
            while window := list(islice(ids, _WINDOW)):
                yield from self._read_window(ahead, window, object_type, max_bytes)
        finally:
            ahead.end()

    def _read_window(
        self, ahead: "_Dialogue", window: Sequence[str], object_type: str, max_bytes: int
    ) -> Iterator[bytes | ScanError]:
        fitting = set()
        try:
            for object_id, (found_type, size) in zip(window, self._sizes.headers(window), strict=True):
                if found_type == object_type and size <= max_bytes:
                    fitting.add(object_id)
            ahead.ask([object_id for object_id in window if object_id in fitting])
        except ScanError:  # one of them is missing or corrupt: each is asked for on its own
            fitting.clear()
        for object_id in window:
            try:
                if object_id in fitting:
                    found_type, size = ahead.answer(object_id)
                    content = _checked(object_id, found_type, ahead.body(object_id, size))
                else:
                    content = self.read(object_id, object_type, max_bytes)
            except ScanError as error:
                if object_id in fitting:  # what was asked for behind it is not answered any more
                    ahead.end()
                    fitting.clear()
                yield error
            else:
                yield content


def _checked(object_id: str, object_type: str, content: bytes) -> bytes:
    if _object_id(object_type, content, len(object_id)) != object_id:
        raise SourceError(f"object {object_id} is corrupt")
    return content


def _object_id(object_type: str, content: bytes, digits: int) -> str:
    """What git calls this content, in the object format that has ids of so many digits."""
    algorithm = "sha1" if digits == 40 else "sha256"
    digest = hashlib.new(algorithm, b"%s %d\0" % (object_type.encode(), len(content)), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


class _Dialogue:
    """A `git cat-file` process that is asked for one object at a time; started again where one ended it."""

    def __init__(self, view: GitView, mode: str, seconds: float) -> None:
        self._view = view
        self._mode = mode
        self._deadline = time.monotonic() + seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: Timer | None = None

    def header(self, object_id: str) -> tuple[str, int]:
        """Type and size in bytes."""
        self.ask([object_id])
        return self.answer(object_id)

    def headers(self, object_ids: Sequence[str]) -> list[tuple[str, int]]:
        """Type and size of several objects.

        Raises:
            SourceError: one is missing; the process ends with it.
        """
        self.ask(object_ids)
        try:
            return [self.answer(object_id) for object_id in object_ids]
        except ScanError:
            self.end()
            raise

    def ask(self, object_ids: Sequence[str]) -> None:
        """Ask for objects; each is to be answered before the next are asked for."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write("".join(f"{object_id}\n" for object_id in object_ids).encode("ascii"))
            process.stdin.flush()
        except BrokenPipeError:
            raise self._failed(object_ids[0]) from None

    def answer(self, object_id: str) -> tuple[str, int]:
        """Type and size of the next object that was asked for."""
        process = self._running()
        assert process.stdout is not None
        fields = process.stdout.readline().split()
        if len(fields) == 2:  # "ID missing"; git also says so of a corrupt one
            raise SourceError(f"object {object_id} is missing or corrupt")
        if len(fields) != 3:
            raise self._failed(object_id)
        return fields[1].decode("ascii"), int(fields[2])

    def body(self, object_id: str, size: int) -> bytes:
        """What follows a header of mode `--batch`."""
        assert self._process is not None
        assert self._process.stdout is not None
        content = self._process.stdout.read(size + 1)
        if len(content) != size + 1:
            raise self._failed(object_id)
        return content[:-1]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise LimitReached("not read: the time for this repository is over")
            self._process = self._view.start(
                "cat-file", self._mode, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._watchdog = Timer(remaining, self._process.kill)
            self._watchdog.daemon = True
            self._watchdog.start()
        return self._process

    def _failed(self, object_id: str) -> SourceError | LimitReached:
        """Git ends at a corrupt object, or is ended at the deadline."""
        self.end()
        if time.monotonic() >= self._deadline:
            return LimitReached("not read: the time for this repository is over")
        return SourceError(f"object {object_id} is corrupt")

    def end(self) -> None:
        if self._process is not None:
            assert self._watchdog is not None
            self._watchdog.cancel()
            self._process.kill()
            self._process.communicate()
            self._process = None
