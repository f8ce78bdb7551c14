"""A read-only view of what is to be scanned: a commit of a git repository, or a plain folder.

Nothing is checked out, nothing is executed, no link is followed out of the tree. Paths are UTF-8 with other
bytes as `\\xNN`.
"""

import os
import re
import stat
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sbom.errors import LimitReached, ScanError, SourceError
from sbom.git import GitView, find_git_dir, list_refs, open_view, resolve_head
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.objects import ObjectReader

_LINK_BYTES = 4096
_COMMIT_BYTES = 16 * 1024 * 1024
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last that calendars show
_REVISION = re.compile(r"([^~^]*)(.*)", re.DOTALL)


@dataclass(slots=True)
class Listing:
    """What a tree holds: path → key, which is what `Source.read` takes."""

    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """Symbolic links, by the key that `Source.read_link` takes."""
    submodules: dict[str, str] = field(default_factory=dict)
    """The commits that the tree pins for submodules, by path; a plain folder pins none."""
    unread: dict[str, ScanError] = field(default_factory=dict)
    """Folders that could not be listed, with the reason; `.` is the root."""


class Source(ABC):
    """Files of one subject. `commit` and `committed_at` are null where there is no commit."""

    name: str
    commit: str | None = None
    committed_at: int | None = None

    @abstractmethod
    def listing(self) -> Listing:
        """All files and links, as far as they can be listed within the limits; submodules by their commits.

        Raises:
            SourceError: nothing can be listed at all.
        """

    @abstractmethod
    def read(self, key: str) -> bytes:
        """Content of a file.

        Raises:
            LimitReached: it is larger than `Limits.file_bytes`, or the time of the repository is over.
            SourceError: it is missing, corrupt or not a regular file.
        """

    def read_all(self, keys: Iterable[str]) -> Iterator[bytes | ScanError]:
        """Contents of files in order, or why one cannot be read; faster than one by one."""
        for key in keys:
            try:
                yield self.read(key)
            except ScanError as error:
                yield error

    @abstractmethod
    def read_link(self, key: str) -> str:
        """Target of a link as written; raises as `read` does."""


class CommitSource(Source):
    """A commit of a git repository, read through its objects."""

    def __init__(self, name: str, view: GitView, commit: str, objects: ObjectReader, limits: Limits) -> None:
        self.name = name
        self.commit = commit
        self._view = view
        self._objects = objects
        self._limits = limits
        self._deadline = time.monotonic() + limits.seconds
        self.committed_at = _committed_at(objects.read(commit, "commit", _COMMIT_BYTES))

    def listing(self) -> Listing:
        listing = Listing()
        self._list_tree(listing, f"{self.commit}^{{tree}}", "", 0)
        if "." in listing.unread and not listing.files:
            raise SourceError(f"commit {self.commit} cannot be listed: {listing.unread['.']}")
        return listing

    def _list_tree(self, listing: Listing, tree: str, prefix: str, depth: int) -> None:
        """List a whole tree in one go, or folder by folder around a tree object that is missing."""
        try:
            if depth > self._limits.nesting_depth:
                raise LimitReached(f"folders nested deeper than {self._limits.nesting_depth} levels")
            try:
                records = self._ls_tree(listing, "-r", tree)
            except SourceError:
                records = self._ls_tree(listing, tree)
        except ScanError as error:
            listing.unread[prefix.rstrip("/") or "."] = error
            return
        for record in records:
            meta, _, path = record.partition("\t")
            mode, _, key = meta.split(" ")
            if mode.startswith("10"):
                listing.files[prefix + path] = key
            elif mode.startswith("12"):
                listing.links[prefix + path] = key
            elif mode.startswith("16"):
                listing.submodules[prefix + path] = key
            elif mode.startswith("04"):
                self._list_tree(listing, key, f"{prefix}{path}/", depth + 1)

    def _ls_tree(self, listing: Listing, *arguments: str) -> list[str]:
        left = self._limits.entries - len(listing.files)
        if left <= 0:
            raise LimitReached(f"only {self._limits.entries} files were listed")
        pieces, found = [], 0
        timeout = max(self._deadline - time.monotonic(), 0.0)
        with closing(self._view.stream("ls-tree", "-z", *arguments, timeout=timeout)) as stream:
            for piece in stream:
                pieces.append(piece)
                found += piece.count(b"\0")
                if found > left:
                    listing.unread["."] = LimitReached(f"only {self._limits.entries} files were listed")
                    break
        return b"".join(pieces).decode("utf-8", "backslashreplace").split("\0")[: min(found, left)]

    def read(self, key: str) -> bytes:
        return self._objects.read(key, "blob", self._limits.file_bytes)

    def read_all(self, keys: Iterable[str]) -> Iterator[bytes | ScanError]:
        return self._objects.read_all(keys, "blob", self._limits.file_bytes)

    def read_link(self, key: str) -> str:
        return self._objects.read(key, "blob", _LINK_BYTES).decode("utf-8", "backslashreplace")


def _committed_at(commit: bytes) -> int | None:
    """Committer time in epoch seconds; null where the commit tells none that a calendar can show."""
    header = commit.partition(b"\n\n")[0]
    match = re.search(rb"^committer .* (\d{1,12}) [+-]\d+$", header, re.MULTILINE)
    return int(match[1]) if match and int(match[1]) <= _LAST_SECOND else None


class FolderSource(Source):
    """A plain folder without git."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = root.resolve()
        self.name = self._root.name
        self._limits = limits

    def listing(self) -> Listing:
        listing = Listing()
        deadline = time.monotonic() + self._limits.seconds
        pending = [os.fsencode(self._root)]
        prefix = len(pending[0].rstrip(b"/")) + 1
        while pending:
            folder = pending.pop()
            if time.monotonic() > deadline:
                listing.unread["."] = LimitReached("not all folders were listed: the time is over")
                break
            try:
                with os.scandir(folder) as found:
                    items = sorted(found, key=lambda item: item.name)
            except OSError as error:
                listing.unread[_decoded(folder[prefix:]) or "."] = SourceError(
                    f"not listed: {error.strerror}"
                )
                continue
            for item in items:
                path = _decoded(item.path[prefix:])
                if item.is_symlink():
                    listing.links[path] = os.fsdecode(item.path)
                elif item.is_dir(follow_symlinks=False):
                    if item.name != b".git":
                        pending.append(item.path)
                elif len(listing.files) == self._limits.entries:
                    listing.unread["."] = LimitReached(f"only {self._limits.entries} files were listed")
                    return listing
                else:
                    listing.files[path] = os.fsdecode(item.path)
        return listing

    def read(self, key: str) -> bytes:
        try:
            if not stat.S_ISREG(os.lstat(key).st_mode):
                raise SourceError("not a regular file")
            # O_NOFOLLOW, O_NONBLOCK: the file may have become a link or a FIFO since it was listed
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(key, flags), "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > self._limits.file_bytes:
                    raise LimitReached(f"{size} bytes, over the limit of {self._limits.file_bytes}")
                return file.read(size)
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}") from None

    def read_link(self, key: str) -> str:
        try:
            return _decoded(os.readlink(os.fsencode(key)))
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}") from None


def _decoded(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace").replace(os.sep, "/")


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
    with open_view(git_dir) as view, ObjectReader(view, limits.seconds) as objects:
        commit = resolve_commit(view, git_dir, rev)
        yield CommitSource(subject_name(path), view, commit, objects, limits)


def subject_name(path: Path) -> str:
    """What to call the repository at `path`: the name of its folder."""
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
    object_id = base
    if base == "HEAD":
        object_id = resolve_head(git_dir) or base
    else:
        refs = list_refs(git_dir)
        names = (base, f"refs/tags/{base}", f"refs/heads/{base}", f"refs/remotes/{base}")
        object_id = next((refs[name] for name in names if name in refs), base)
    if not object_id.startswith("-"):
        with suppress(SourceError):
            found = view.run("rev-parse", "--verify", "--quiet", f"{object_id}{suffix}^{{commit}}")
            return found.decode("ascii").strip()
    raise SourceError(f"{git_dir}: no commit {rev!r}; name a branch, a tag or a commit id")
