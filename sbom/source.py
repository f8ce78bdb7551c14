"""A read-only view of what is to be scanned: a commit of a git repository, or a plain folder.

Nothing is checked out, nothing is executed, no link is followed out of the tree.
"""

import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sbom.errors import LimitReached, SourceError
from sbom.git import GitView, find_git_dir, list_refs, open_view, read_objects, resolve_head
from sbom.limits import DEFAULT_LIMITS, Limits

_SYMLINK, _SUBMODULE = "120000", "160000"
_REVISION = re.compile(r"([^~^]*)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file: its path (UTF-8, other bytes as `\\xNN`) and what identifies its content."""

    path: str
    key: str
    """Object id in a commit; the file's real path in a folder."""


class Source(ABC):
    """Files of one subject. `commit` and `committed_at` are null where there is no commit."""

    name: str
    commit: str | None = None
    committed_at: int | None = None

    @abstractmethod
    def entries(self) -> list[Entry]:
        """All regular files, sorted by path.

        Raises:
            LimitReached: more files than `Limits.entries`.
            SourceError: the tree cannot be listed.
        """

    @abstractmethod
    def links(self) -> dict[str, str]:
        """Symbolic links: path → target as written."""

    @abstractmethod
    def read(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes | None, str]]:
        """Contents in the order asked: (entry, content or null, reason if null)."""


class CommitSource(Source):
    """A commit of a git repository, read through its objects."""

    def __init__(self, name: str, view: GitView, commit: str, limits: Limits) -> None:
        self.name = name
        self.commit = commit
        self._view = view
        self._limits = limits
        self._links: list[tuple[str, str]] = []
        self.committed_at = _commit_time(view, commit)

    def entries(self) -> list[Entry]:
        listing = self._view.run(
            "ls-tree", "-r", "-z", "--full-tree", f"{self.commit}", timeout=self._limits.seconds
        )
        found, self._links = [], []
        for record in listing.split(b"\0"):
            if not record:
                continue
            meta, _, raw_path = record.partition(b"\t")
            mode, _, object_id = meta.decode("ascii").split(" ")
            path = raw_path.decode("utf-8", "backslashreplace")
            if mode == _SYMLINK:
                self._links.append((path, object_id))
            elif mode != _SUBMODULE:
                found.append(Entry(path, object_id))
                if len(found) > self._limits.entries:
                    raise LimitReached(f"more than {self._limits.entries} files in commit {self.commit}")
        found.sort(key=lambda entry: entry.path)
        return found

    def links(self) -> dict[str, str]:
        targets = read_objects(self._view, (oid for _, oid in self._links), max_bytes=4096)
        return {
            path: (target or b"").decode("utf-8", "backslashreplace")
            for (path, _), (_, target, _) in zip(self._links, targets, strict=True)
        }

    def read(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes | None, str]]:
        wanted = list(entries)
        contents = read_objects(self._view, (e.key for e in wanted), self._limits.file_bytes)
        for entry, (_, content, reason) in zip(wanted, contents, strict=True):
            yield entry, content, reason


def _commit_time(view: GitView, commit: str) -> int:
    raw = view.run("cat-file", "commit", commit)
    for line in raw.split(b"\n\n", 1)[0].split(b"\n"):
        if line.startswith(b"committer "):
            try:
                return int(line.rsplit(b" ", 2)[1])
            except ValueError:
                break
    return 0


class FolderSource(Source):
    """A plain folder without git."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.name = root.resolve().name
        self._root = root.resolve()
        self._limits = limits
        self._links: dict[str, str] = {}

    def entries(self) -> list[Entry]:
        found: list[Entry] = []
        self._links = {}
        pending = [os.fsencode(self._root)]
        prefix = len(pending[0]) + 1
        while pending:
            with os.scandir(pending.pop()) as listing:
                for item in listing:
                    path = item.path[prefix:].decode("utf-8", "backslashreplace").replace(os.sep, "/")
                    if item.is_symlink():
                        self._links[path] = os.fsdecode(os.readlink(item.path))
                    elif item.is_dir(follow_symlinks=False):
                        if item.name != b".git":
                            pending.append(item.path)
                    elif item.is_file(follow_symlinks=False):
                        found.append(Entry(path, os.fsdecode(item.path)))
                        if len(found) > self._limits.entries:
                            raise LimitReached(f"more than {self._limits.entries} files below {self._root}")
        found.sort(key=lambda entry: entry.path)
        return found

    def links(self) -> dict[str, str]:
        return dict(self._links)

    def read(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes | None, str]]:
        for entry in entries:
            yield entry, *self._read_one(Path(entry.key))

    def _read_one(self, path: Path) -> tuple[bytes | None, str]:
        try:
            # O_NOFOLLOW: the file may have become a link since it was listed
            descriptor = os.open(
                path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            )
        except OSError as error:
            return None, f"cannot be opened: {error.strerror}"
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return None, "not a regular file"
            if status.st_size > self._limits.file_bytes:
                return None, f"{status.st_size} bytes, over the limit of {self._limits.file_bytes}"
            return file.read(self._limits.file_bytes + 1), ""


@contextmanager
def open_source(path: Path, rev: str | None = None, limits: Limits = DEFAULT_LIMITS) -> Iterator[Source]:
    """The commit `rev` (default: HEAD) of the git repository at `path`, or the plain folder there.

    Raises:
        SourceError: no such folder, no such revision, a repository without commits, or a revision of a folder
            that is not a git repository.
    """
    if not path.is_dir():
        raise SourceError(f"{path}: no such folder")
    git_dir = find_git_dir(path)
    if git_dir is None:
        if rev is not None:
            raise SourceError(f"{path}: not a git repository, so it has no revision {rev!r}")
        yield FolderSource(path, limits)
        return
    with open_view(git_dir) as view:
        yield CommitSource(_subject_name(path), view, resolve_commit(view, git_dir, rev), limits)


def _subject_name(path: Path) -> str:
    return path.resolve().name.removesuffix(".git") or path.resolve().parent.name


def resolve_commit(view: GitView, git_dir: Path, rev: str | None) -> str:
    """The full id of the commit that `rev` names: a branch, a tag, a (short) id, or null for HEAD.

    Raises:
        SourceError: there is no such commit.
    """
    if rev is None:
        head = resolve_head(git_dir)
        if head is None:
            raise SourceError(f"{git_dir}: the repository has no commits yet")
        return head
    base, suffix = _REVISION.fullmatch(rev).groups()  # type: ignore[union-attr]  # matches every string
    refs = list_refs(git_dir) | ({"HEAD": head} if (head := resolve_head(git_dir)) else {})
    names = (base, f"refs/tags/{base}", f"refs/heads/{base}", f"refs/remotes/{base}")
    object_id = next((refs[name] for name in names if name in refs), base)
    if not object_id.startswith("-"):
        try:
            return (
                view.run("rev-parse", "--verify", "--quiet", f"{object_id}{suffix}^{{commit}}")
                .decode()
                .strip()
            )
        except SourceError:
            pass
    raise SourceError(f"{git_dir}: no commit {rev!r}; name a branch, a tag or a commit id") from None
