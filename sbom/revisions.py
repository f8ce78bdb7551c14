"""Many commits of one repository, scanned one after the other; what did not change is parsed once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sbom.errors import LimitReached, SourceError
from sbom.git import GitView, find_git_dir, list_refs, open_view
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import ScanResult
from sbom.objects import ObjectReader
from sbom.parse_cache import ParseCache
from sbom.scan import scan_source
from sbom.source import CommitSource, resolve_commit, subject_name

_TAGS = "refs/tags/"
_SMALL_FILE_BYTES = 64 * 1024
_MOST_SMALL_FILES = 2048
_HISTORY_SECONDS = 3600.0
"""Wall time for all commits that are asked for; each has `Limits.seconds` besides."""


@dataclass(frozen=True, slots=True)
class Month:
    """The commit at which a branch stood at the end of a month (UTC)."""

    first_day: date
    commit: str

    @property
    def label(self) -> str:
        """`YYYY-MM`."""
        return f"{self.first_day:%Y-%m}"


class _Commit(CommitSource):
    """A commit that keeps small files at hand: what an ecosystem reads, the next commit reads again."""

    contents: dict[str, bytes]

    def read(self, key: str) -> bytes:
        if key not in self.contents:
            content = super().read(key)
            if len(content) > _SMALL_FILE_BYTES:
                return content
            while len(self.contents) >= _MOST_SMALL_FILES:
                del self.contents[next(iter(self.contents))]
            self.contents[key] = content
        return self.contents[key]


class Revisions:
    """The commits of one repository; made by `open_revisions`."""

    def __init__(
        self,
        name: str,
        git_dir: Path,
        view: GitView,
        objects: ObjectReader,
        limits: Limits,
        *,
        maven_repository: Path | None = None,
    ) -> None:
        self._name = name
        self._git_dir = git_dir
        self._view = view
        self._objects = objects
        self._limits = limits
        self._maven_repository = maven_repository
        self._deadline = time.monotonic() + _HISTORY_SECONDS
        self._cache = ParseCache()
        self._contents: dict[str, bytes] = {}

    def resolve(self, rev: str | None) -> str:
        """The full id of the commit that `rev` names; null is HEAD.

        Raises:
            SourceError: there is no such commit.
        """
        return resolve_commit(self._view, self._git_dir, rev)

    def tags(self) -> list[str]:
        """Names of all tags, in text order.

        Raises:
            SourceError: the repository has more references than can be read.
        """
        return sorted(ref.removeprefix(_TAGS) for ref in list_refs(self._git_dir) if ref.startswith(_TAGS))

    def scan(self, commit: str) -> ScanResult:
        """What the commit of a full id holds, equal to what `sbom.scan.scan_path` gives for it.

        Raises:
            ScanError: it is missing, it cannot be listed, or the time for all commits is over.
        """
        if time.monotonic() > self._deadline:
            raise LimitReached(f"not read: all commits together took longer than {_HISTORY_SECONDS:.0f} s")
        source = _Commit(self._name, self._view, commit, self._objects, self._limits)
        source.contents = self._contents
        return scan_source(source, self._limits, self._cache, self._maven_repository)

    def months(self, rev: str | None = None, since: date | None = None) -> list[Month]:
        """The last commit of each month on the first-parent line of `rev`, the oldest first.

        That line is what stood on the branch; the months in which it did not move are left out, and so are
        commits whose clock is ahead of a later one's.

        Raises:
            SourceError: there is no such commit, or git cannot walk the line.
        """
        log = self._view.run(
            "log", "--first-parent", "--format=%ct %H", self.resolve(rev), timeout=self._limits.seconds
        )
        months: list[Month] = []
        for line in log.decode("ascii").splitlines():
            seconds, _, commit = line.partition(" ")
            try:
                day = datetime.fromtimestamp(int(seconds), UTC).date().replace(day=1)
            except (ValueError, OverflowError, OSError):  # a commit may claim any time
                continue
            if since is not None and day < since.replace(day=1):
                break
            if not months or day < months[-1].first_day:
                months.append(Month(day, commit))
        return months[::-1]


@contextmanager
def open_revisions(
    path: Path, limits: Limits = DEFAULT_LIMITS, maven_repository: Path | None = None
) -> Iterator[Revisions]:
    """The commits of the git repository at `path`.

    Raises:
        SourceError: there is no git repository.
    """
    git_dir = find_git_dir(path) if path.is_dir() else None
    if git_dir is None:
        raise SourceError(f"{path}: not a git repository; only those have revisions")
    with open_view(git_dir) as view, ObjectReader(view, _HISTORY_SECONDS) as objects:
        name = subject_name(path)
        yield Revisions(name, git_dir, view, objects, limits, maven_repository=maven_repository)
