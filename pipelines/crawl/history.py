"""The commits of a git repository as Arrow batches: all of them, or those since the last time.

Lines are those of `git log --numstat --no-renames` without merges. Names and addresses are as committed, with
what the `.mailmap` of the commit that is read makes of them beside. Attributes are not read: a repository
cannot exempt files from being counted.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path
from threading import Event

import pyarrow as pa

from pipelines.crawl.commit_batches import commit_batches
from pipelines.crawl.commit_graph import windows
from pipelines.crawl.commit_text import Origin
from pipelines.crawl.commit_windows import Window, WindowReader
from pipelines.crawl.history_plan import Mode, Plan, plan_history, unknown
from pipelines.crawl.history_state import SCANNER, SCANNER_VERSION, HistoryState, history_fingerprint
from pipelines.crawl.people import Named, People, names_in_history
from pipelines.crawl.tags import read_tags
from sbom.errors import ScanError
from sbom.git import GitView, open_view
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import Unknown, UnknownKind

_LARGEST_WINDOW = 16_384
_UNKNOWN_ROWS = 100
_MISSING_KEPT = 200


class History:
    """What is to be read of one repository. `state` and `unknowns` are there when `batches` has ended."""

    def __init__(
        self,
        git_dir: Path,
        plan: Plan,
        *,
        repo_id: str,
        person_key: bytes,
        processes: int,
        limits: Limits,
        began: float,
    ) -> None:
        self.repo_id = repo_id
        self.head: str | None = plan.state.head
        """Commit that is read; null for a repository without commits."""
        self.mode: Mode = plan.mode
        """`replace`: the batches take the place of all rows; `append`: they are added; `unchanged`: none."""
        self.reason: str | None = plan.reason
        """Why all is read; null if it is not."""
        self.is_shallow: bool = bool(plan.shallow)
        self.vanished: tuple[str, ...] = tuple(plan.vanished.decode().split())
        """Commits that only former heads reach. Their rows are in the batches, marked as vanished."""
        self._git_dir = git_dir
        self._plan = plan
        self._people = People(person_key)
        self._began = began
        self._processes = processes
        self._limits = limits
        self._missing: list[str] = []
        self._unreadable: dict[str, str] = {}
        self._out_of_time = 0
        self._others: list[Unknown] = []
        self._ended = plan.mode == "unchanged"

    def batches(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Rows with the name of their raw table: those of commits, then everybody they name, then tags.

        Memory does not grow with the length of the history, apart from ids and names. What cannot be read of
        a commit is null and becomes an unknown.

        Raises:
            SourceError: git cannot be started.
        """
        plan = self._plan
        if plan.mode == "unchanged":
            return
        ids = plan.graph.ids + plan.vanished
        origin = Origin(self.repo_id, plan.state.head, SCANNER, SCANNER_VERSION)
        with open_view(self._git_dir) as view, self._naming(view) as named:
            if ids:
                vanished = frozenset(plan.vanished.split())
                reader = WindowReader(view, plan.shallow, plan.graph.edge, self._seconds_left)
                for window in reader.read_all(windows(ids, self._window_size(ids)), self._processes):
                    self._note(window)
                    yield from commit_batches(origin, window, self._people, plan.graph.first_parent, vanished)
            tags, tag_unknowns = read_tags(view, plan.tags, origin, self._people, self._seconds_left)
            self._others += tag_unknowns
            self._map_people(view, named)
            yield "identity", self._people.batch(origin)
            yield "tag", tags
        self._ended = True

    @contextmanager
    def _naming(self, view: GitView) -> Iterator[Future[Named] | None]:
        """Read who is named while the block counts lines; null where the plan does not map all of them.

        It is a git process more, but one that would otherwise keep all others waiting.
        """
        head = self._plan.state.head
        if not self._plan.maps_all or head is None:
            yield None
            return
        stop = Event()
        with ThreadPoolExecutor(1) as pool:
            try:
                yield pool.submit(names_in_history, view, head, self._seconds_left, stop)
            finally:
                stop.set()

    def _map_people(self, view: GitView, named: Future[Named] | None) -> None:
        plan = self._plan
        try:
            if named is not None:
                self._people.add(named.result())
            if plan.mailmap is not None:
                self._people.apply_mailmap(view, plan.mailmap, self._seconds_left)
        except (ScanError, ValueError) as error:
            text = f"names and addresses are as committed: {error}"
            self._others.append(unknown(UnknownKind.UNREADABLE, text, ".mailmap"))

    @property
    def _seconds_left(self) -> float:
        return self._began + self._limits.seconds - time.monotonic()

    @property
    def state(self) -> HistoryState:
        """What to give the next reading as `previous`."""
        self._require_end()
        if self._plan.mode == "unchanged":
            return self._plan.state
        state = self._plan.state
        return replace(
            state,
            missing=tuple(dict.fromkeys((*state.missing, *self._missing)))[:_MISSING_KEPT],
            stopped_after=self._limits.seconds if self._out_of_time else state.stopped_after,
        )

    @property
    def unknowns(self) -> list[Unknown]:
        """What this reading could not read; mode `append` does not repeat what earlier ones could not."""
        self._require_end()
        without_lines = dict.fromkeys(self._missing, "a tree or blob is missing") | self._unreadable
        rows = [
            unknown(UnknownKind.UNREADABLE, f"commit {commit}: no lines: {why}")
            for commit, why in list(without_lines.items())[:_UNKNOWN_ROWS]
        ]
        if len(without_lines) > len(rows):
            more = len(without_lines) - len(rows)
            rows.append(unknown(UnknownKind.UNREADABLE, f"{more} more commits without lines"))
        if self._out_of_time:
            text = (
                f"{self._out_of_time} commits without lines: over {self._limits.seconds:g} s for the history"
            )
            rows.append(unknown(UnknownKind.LIMIT, text))
        return [*self._plan.unknowns, *self._others, *rows]

    def _window_size(self, ids: bytes) -> int:
        """As large as may be, for each start of git costs time, but of equal shares for all processes."""
        commits = len(ids) // (ids.index(b"\n") + 1)
        rounds = ceil(commits / (_LARGEST_WINDOW * self._processes))
        return ceil(commits / (rounds * self._processes))

    def _note(self, window: Window) -> None:
        self._missing += (commit.decode() for commit in window.missing)
        self._unreadable |= {commit.decode(): why for commit, why in window.unreadable.items()}
        self._out_of_time += len(window.out_of_time)

    def _require_end(self) -> None:
        if not self._ended:
            raise RuntimeError("known only when all batches have been read")


def read_history(
    git_dir: Path,
    previous: HistoryState | None = None,
    *,
    repo_id: str,
    person_key: bytes,
    rev: str | None = None,
    processes: int = 1,
    limits: Limits = DEFAULT_LIMITS,
) -> History:
    """Plan the reading of a history; `History.batches` then reads it, with up to `processes` git processes.

    Give the state of the previous reading of the same repository and revision to read only what is new. Where
    the mailmap is another one than then, one more process reads who is named in the rest of the history.
    `person_key` is the key of the pseudonyms by which rows name people.

    Raises:
        SourceError: no such revision, or its commit cannot be read.
    """
    began = time.monotonic()
    with open_view(git_dir) as view:
        plan = plan_history(
            view, git_dir, previous, rev, limits=limits, fingerprint=history_fingerprint(person_key)
        )
    return History(
        git_dir,
        plan,
        repo_id=repo_id,
        person_key=person_key,
        processes=processes,
        limits=limits,
        began=began,
    )
