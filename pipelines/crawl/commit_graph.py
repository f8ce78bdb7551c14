"""Which commits a history consists of, and which of them are at its edge."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.crawl.raw_commit import parse_commit
from sbom.errors import LimitReached, SourceError
from sbom.git import GitView
from sbom.limits import Limits
from sbom.objects import ObjectReader

_HEX_LINE = re.compile(rb"^(?:[0-9a-f]{40}|[0-9a-f]{64})$", re.MULTILINE)
_SHALLOW_BYTES = 64 * 1024 * 1024
COMMIT_BYTES = 16 * 1024 * 1024
"""Size of one commit object; a larger one is not read by itself."""


@dataclass(frozen=True, slots=True)
class CommitGraph:
    """Commits of one head. Ids are ASCII bytes: a large repository has more than a million of them."""

    ids: bytes
    """One id per line, as `git rev-list` orders them."""
    first_parent: frozenset[bytes]
    """Commits on the first-parent line from the head, as far as they are in `ids`."""
    broken: dict[bytes, str]
    """Commits that cannot be read, with the reason; what only they lead to is not in `ids`."""
    edge: frozenset[bytes]
    """Commits in `ids` with a parent in `broken`."""


def list_commits(view: GitView, head: str, known: str | None, limits: Limits) -> CommitGraph:
    """Commits that `head` reaches and `known` does not.

    Where git gives up because a commit is missing or corrupt, all that can be reached around it is listed.

    Raises:
        SourceError: `head` cannot be read, or commits are broken and `known` is given.
    """
    exclude = () if known is None else (f"^{known}",)
    try:
        ids = view.run("rev-list", head, *exclude, timeout=limits.seconds)
        line = list_first_parents(view, head, known, limits)
    except SourceError:
        if known is not None:
            raise
        return _walk(view, head, read_shallow_ids(view), limits)
    return CommitGraph(ids, line, {}, frozenset())


def list_first_parents(view: GitView, head: str, known: str | None, limits: Limits) -> frozenset[bytes]:
    """Commits on the first-parent line from `head` that `known` does not reach.

    Raises:
        SourceError: one of them cannot be read.
    """
    exclude = () if known is None else (f"^{known}",)
    return frozenset(view.run("rev-list", "--first-parent", head, *exclude, timeout=limits.seconds).split())


def windows(ids: bytes, size: int) -> Iterator[list[bytes]]:
    """The ids in lists of `size`."""
    width = (ids.find(b"\n") + 1) * size
    for start in range(0, len(ids), width or 1):
        yield ids[start : start + width].split()


def read_shallow_ids(view: GitView) -> frozenset[bytes]:
    """Commits whose parents a shallow clone left behind; empty in a whole clone."""
    if view.shallow is None or view.shallow.stat().st_size > _SHALLOW_BYTES:
        return frozenset()
    return frozenset(_HEX_LINE.findall(view.shallow.read_bytes()))


def is_commit(view: GitView, commit: str) -> bool:
    """Whether the repository has this commit, and it can be read."""
    try:
        return view.run("cat-file", "-t", commit) == b"commit\n"
    except SourceError:
        return False


def follows_first_parents(view: GitView, old: str, new: str, limits: Limits) -> bool:
    """Whether `old` is on the first-parent line of `new`: then nothing of it vanished and no flag changed."""
    try:
        line = view.run("rev-list", "--first-parent", "--parents", new, f"^{old}", timeout=limits.seconds)
    except SourceError:  # commits of the new history are missing
        return False
    last = line.splitlines()[-1:]
    return bool(last) and old.encode() in last[0].split()[1:2]


def list_vanished(view: GitView, former_heads: Sequence[str], head: str | None, limits: Limits) -> bytes:
    """Commits that `former_heads` reach and `head` (null: nothing) does not, one id per line.

    Raises:
        SourceError: one of them cannot be read.
    """
    if not former_heads:
        return b""
    exclude = () if head is None else (f"^{head}",)
    return view.run("rev-list", *former_heads, *exclude, timeout=limits.seconds)


def _walk(view: GitView, head: str, shallow: frozenset[bytes], limits: Limits) -> CommitGraph:
    parents_of: dict[bytes, tuple[bytes, ...]] = {}
    broken: dict[bytes, str] = {}
    pending = deque([head.encode()])
    seen = set(pending)
    with ObjectReader(view, limits.seconds) as reader:
        while pending:
            commit = pending.popleft()
            try:
                content = reader.read(commit.decode(), "commit", COMMIT_BYTES)
            except (SourceError, LimitReached) as error:
                broken[commit] = str(error)
                continue
            parents = () if commit in shallow else _parent_ids(content)
            parents_of[commit] = parents
            fresh = [parent for parent in parents if parent not in seen]
            seen.update(fresh)
            pending.extend(fresh)
    if not parents_of:
        raise SourceError(f"the commit of HEAD cannot be read: {broken[head.encode()]}")
    edge = frozenset(
        commit for commit, parents in parents_of.items() if not broken.keys().isdisjoint(parents)
    )
    first_parent = set()
    commit = head.encode()
    while commit in parents_of:
        first_parent.add(commit)
        commit = next(iter(parents_of[commit]), b"")
    return CommitGraph(
        b"".join(commit + b"\n" for commit in parents_of), frozenset(first_parent), broken, edge
    )


def _parent_ids(content: bytes) -> tuple[bytes, ...]:
    return tuple(parent.encode() for parent in parse_commit(content).parents)
