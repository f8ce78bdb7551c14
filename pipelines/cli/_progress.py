"""Show progress on standard error: a bar on a terminal, plain or JSON lines elsewhere, notes in all."""

import sys
import time
from types import TracebackType
from typing import Protocol, Self

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._terminal import printable
from pipelines.progress import LoggedProgress, Progress

_LINE_SECONDS = 5.0


class ShownProgress(Progress, Protocol):
    """Progress that is shown until its block ends."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def show_progress(quiet: bool = False) -> ShownProgress:
    """The kind of progress that fits where standard error goes; log lines where these are asked for."""
    from pipelines import logs

    if logs.wanted():
        return _Logged()
    if quiet:
        return _Lines(silent=True)
    return _Bar() if sys.stderr.isatty() else _Lines()


def _about(seconds: float) -> str:
    """As exact as an estimate is: `about 40 s left`, `about 12 min left`, `about 3 h left`."""
    if seconds >= 1.5 * 3600:
        return message("about {hours:.0f} h left", hours=seconds / 3600)
    if seconds >= 1.5 * 60:
        return message("about {minutes:.0f} min left", minutes=seconds / 60)
    return message("about {seconds} s left", seconds=max(1, round(seconds)))


class _Lines:
    """One line at most every few seconds."""

    def __init__(self, silent: bool = False) -> None:
        self._silent = silent
        self._what, self._total, self._done, self._shown_at = "", 0, 0, 0.0
        self._left: float | None = None

    def begin(self, what: str, total: int) -> None:
        self._what, self._total, self._done, self._left = in_locale(what), total, 0, None
        self._show()

    def advance(self) -> None:
        self._done += 1
        if self._done == self._total or time.monotonic() - self._shown_at > _LINE_SECONDS:
            self._show()

    def expect(self, seconds: float | None) -> None:
        self._left = seconds

    def note(self, text: str) -> None:
        if not self._silent:
            click.echo(printable(in_locale(text)), err=True)

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        if not self._silent and self._total:
            counts = {"what": self._what, "done": self._done, "total": self._total}
            told = message("{what}: {done}/{total}", **counts)
            if self._left:
                told = message("{what}: {done}/{total}, {left}", left=_about(self._left), **counts)
            click.echo(told, err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class _Logged(LoggedProgress):
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class _Bar:
    """A bar with the time that is left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = (
            *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()),
            TextColumn("{task.fields[left]}"),
        )
        self._progress = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(message("start"), total=None, left="")

    def begin(self, what: str, total: int) -> None:
        self._progress.update(self._task, description=in_locale(what), total=total, completed=0, left="")

    def advance(self) -> None:
        self._progress.advance(self._task)

    def expect(self, seconds: float | None) -> None:
        self._progress.update(self._task, left=_about(seconds) if seconds else "")

    def note(self, text: str) -> None:
        self._progress.console.print(printable(in_locale(text)), markup=False, highlight=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()
