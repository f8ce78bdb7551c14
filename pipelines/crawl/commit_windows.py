"""Read many commits window by window: whole where that is possible, and as much as there is elsewhere.

A commit is read by the first of these that works: with its lines; without them; by its id alone. Windows keep
memory flat, let several git processes share the work, and bound what an unreadable object costs.
"""

import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from pipelines.crawl.commit_graph import COMMIT_BYTES
from pipelines.crawl.commit_header import CommitRow, commit_id, header_of_id, split_header
from pipelines.crawl.commit_records import (
    IDENTITY_OPTIONS,
    LINE_OPTIONS,
    CommitRecords,
    Counts,
)
from pipelines.crawl.git_log import Failure, GitLog
from pipelines.crawl.missing_objects import find_uncountable
from pipelines.crawl.raw_commit import RawCommit, parse_commit
from sbom.errors import LimitReached, SourceError
from sbom.git import GitView
from sbom.objects import ObjectReader

_LINES_SHARE = 0.8
"""Part of the time for counting lines; the rest is for reading the remaining commits without."""


@dataclass(slots=True)
class Window:
    """What was read of some commits, and why some of them have no lines."""

    rows: list[CommitRow] = field(default_factory=list)
    counts: list[Counts | None] = field(default_factory=list)
    missing: list[bytes] = field(default_factory=list)
    """A tree or blob that the diff needs is not in the repository."""
    unreadable: dict[bytes, str] = field(default_factory=dict)
    """Git fails at the commit, with the reason."""
    out_of_time: list[bytes] = field(default_factory=list)


class WindowReader:
    """Reads windows of commits within `seconds` from now; threads may share it.

    `shallow` are commits whose parents a shallow clone left behind. They and `edge` have no lines: a diff
    against nothing would count every file of the repository as added.
    """

    def __init__(
        self,
        view: GitView,
        shallow: Collection[bytes],
        edge: Collection[bytes],
        seconds: float,
    ) -> None:
        self._view = view
        self._log = GitLog(view)
        self._shallow = shallow
        self._edge = edge
        self._end = time.monotonic() + seconds
        self._end_of_lines = self._end - seconds * (1 - _LINES_SHARE)

    def read_all(self, windows: Iterable[Sequence[bytes]], processes: int) -> Iterator[Window]:
        """Read windows in their order with up to `processes` git processes at a time."""
        pool = ThreadPoolExecutor(processes)
        pending: deque[Future[Window]] = deque()
        try:
            for window in windows:
                pending.append(pool.submit(self.read, window))
                if len(pending) > processes:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            self._log.close()
            pool.shutdown(cancel_futures=True)

    def read(self, commits: Sequence[bytes]) -> Window:
        """Read some commits; the rows are in their order."""
        window, records = Window(), CommitRecords()
        with_lines = [
            commit for commit in commits if commit not in self._shallow and commit not in self._edge
        ]
        self._count_lines(with_lines, records, window)
        counted = {commit_id(header) for header in records.headers}
        if len(counted) < len(commits):
            self._identify([commit for commit in commits if commit not in counted], records)
            records.sort(commits)
        with ObjectReader(self._view, max(self._end - time.monotonic(), 0)) as reader:

            def read_commit(commit: bytes) -> RawCommit | None:
                try:
                    return parse_commit(reader.read(commit.decode(), "commit", COMMIT_BYTES))
                except (SourceError, LimitReached):
                    return None

            window.rows = [split_header(header, self._shallow, read_commit) for header in records.headers]
        window.counts = records.counts
        return window

    def _count_lines(self, commits: Sequence[bytes], records: CommitRecords, window: Window) -> None:
        looked_up = False
        while commits:
            done, failure = self._read_lines(commits, records)
            commits = commits[done:]
            if failure is None:
                return
            if failure.timed_out:
                window.out_of_time += commits
                return
            first = commits[0]
            if not looked_up:
                seconds = self._end_of_lines - time.monotonic()
                uncountable = find_uncountable(self._view, self._log, commits, seconds)
                window.missing += [commit for commit in commits if commit in uncountable]
                commits = [commit for commit in commits if commit not in uncountable]
                looked_up = True
            if first in commits[:1]:
                commits = self._pass_by(commits, records, window)

    def _read_lines(self, commits: Sequence[bytes], records: CommitRecords) -> tuple[int, Failure | None]:
        """How many commits were read, and why no more."""
        before = len(records.headers)
        seconds = self._end_of_lines - time.monotonic()
        failure = self._log.read(commits, LINE_OPTIONS, records.parse_lines, seconds)
        if failure is not None and len(records.headers) > before:
            records.drop_last()  # its files may have been cut off
        return len(records.headers) - before, failure

    def _pass_by(self, commits: Sequence[bytes], records: CommitRecords, window: Window) -> Sequence[bytes]:
        """Read the first commit by itself; which commit it failed at git does not tell."""
        _, failure = self._read_lines(commits[:1], records)
        if failure is not None:
            if failure.timed_out:
                return commits
            window.unreadable[commits[0]] = failure.reason
        return commits[1:]

    def _identify(self, commits: Sequence[bytes], records: CommitRecords) -> None:
        one_by_one = False
        while commits:
            asked = commits[:1] if one_by_one else commits
            before = len(records.headers)
            seconds = self._end - time.monotonic()
            failure = self._log.read(asked, IDENTITY_OPTIONS, records.parse_identities, seconds)
            if one_by_one and failure is not None:
                records.add(header_of_id(commits[0]))
            commits = commits[len(records.headers) - before :]
            one_by_one = failure is not None and not one_by_one
