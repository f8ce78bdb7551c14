"""Decide what has to be read of a history: nothing, the commits since the last time, or all of it.

All is read again where appending would leave wrong rows: after a force-push, or when the edge of a shallow
clone has moved. What former heads still reach is then read as well, as vanished, so that a whole reading
replaces all rows and loses none that the repository has.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipelines.crawl.commit_graph import (
    CommitGraph,
    follows_first_parents,
    is_commit,
    list_commits,
    list_vanished,
    read_shallow_ids,
)
from pipelines.crawl.git_log import GitLog
from pipelines.crawl.history_state import SCANNER, SCANNER_VERSION, HistoryState
from pipelines.crawl.missing_objects import find_uncountable
from pipelines.crawl.tags import list_tags, tags_digest
from sbom.errors import ScanError, SourceError
from sbom.git import GitView, resolve_head
from sbom.limits import Limits
from sbom.model import Unknown, UnknownKind
from sbom.source import resolve_commit

Mode = Literal["replace", "append", "unchanged"]
_MAILMAP = ".mailmap"
_MAILMAP_BYTES = 1024 * 1024
"""Git reads the mailmap anew in each process, and inserts each of its lines into a sorted list."""
_FORMER_HEADS = 100
_NO_COMMITS = CommitGraph(b"", frozenset(), {}, frozenset())


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read, and what is known before reading it."""

    mode: Mode
    reason: str | None
    """Why all is read; null if it is not."""
    state: HistoryState
    """State after the reading, if every commit can be read."""
    graph: CommitGraph = _NO_COMMITS
    vanished: bytes = b""
    """Commits that only former heads reach, one id per line."""
    shallow: frozenset[bytes] = frozenset()
    mailmap: str | None = None
    """Blob to map identities with; null if there is none that can be used."""
    maps_all: bool = False
    """The mailmap is another one: everybody whom the history names is mapped, not only who is new."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Object ids of the tags by name."""
    unknowns: tuple[Unknown, ...] = ()


def plan_history(
    view: GitView,
    git_dir: Path,
    previous: HistoryState | None,
    rev: str | None,
    *,
    limits: Limits,
    fingerprint: str,
) -> Plan:
    """Compare the repository with the state that the previous reading of a reader `fingerprint` left.

    A former head whose commit is gone from the repository takes with it what only it reached: the plan says
    so in its unknowns, and a reading of mode `replace` has those rows no more.

    Raises:
        SourceError: there is no such revision, or its commit cannot be read.
    """
    head = resolve_head(git_dir) if rev is None else resolve_commit(view, git_dir, rev)
    shallow = read_shallow_ids(view)
    tags = list_tags(git_dir)
    state = HistoryState(fingerprint, head, shallow=_digest(shallow), tags=tags_digest(tags))
    if previous is not None and _is_same(view, previous, state, limits):
        return Plan("unchanged", None, previous, shallow=shallow)
    unknowns = _shallow_unknowns(shallow)
    state = replace(state, mailmap=_mailmap_blob(view, head))
    mailmap = _usable_mailmap(view, state.mailmap, unknowns)
    reason = "read for the first time"
    if previous is not None:
        reason = next(_why_all(view, previous, state, limits), "")
        if not reason:
            graph = _since(view, previous, state, limits)
            if graph is not None:
                state = replace(
                    state,
                    missing=previous.missing,
                    stopped_after=previous.stopped_after,
                    former_heads=previous.former_heads,
                )
                maps_all = previous.mailmap != state.mailmap
                return Plan(
                    "append", None, state, graph, b"", shallow, mailmap, maps_all, tags, tuple(unknowns)
                )
            reason = "what is new cannot be told from what is known"
    graph = _NO_COMMITS if head is None else list_commits(view, head, None, limits)
    for commit, why in graph.broken.items():
        text = f"commit {commit.decode()}: {why}; what only it leads to is not read"
        unknowns.append(unknown(UnknownKind.UNREADABLE, text))
    former_heads, vanished = _former_heads(view, previous, head, limits, unknowns)
    state = replace(state, broken=bool(graph.broken), former_heads=former_heads)
    return Plan(
        "replace", reason, state, graph, vanished, shallow, mailmap, tags=tags, unknowns=tuple(unknowns)
    )


def unknown(kind: UnknownKind, reason: str, path: str = "") -> Unknown:
    """An unknown of a history: of one file, or of the repository as a whole."""
    return Unknown(kind, reason, path, None, SCANNER, SCANNER_VERSION)


def _is_same(view: GitView, previous: HistoryState, now: HistoryState, limits: Limits) -> bool:
    """Asks git nothing unless the last reading was incomplete: most repositories of a run are unchanged."""
    return (
        (previous.fingerprint, previous.head, previous.shallow, previous.tags)
        == (now.fingerprint, now.head, now.shallow, now.tags)
        and not _has_more_time(previous, limits)
        and not _has_more_objects(view, previous, limits)
    )


def _why_all(view: GitView, previous: HistoryState, now: HistoryState, limits: Limits) -> Iterator[str]:
    """Why the new commits alone will not do; each reason takes for granted that those before do not hold."""
    if previous.fingerprint != now.fingerprint:
        yield "another version of the reader"
    if previous.head is None or now.head is None:
        yield "there were no commits, or are none any more"
        return
    if previous.tags is not None and now.tags is None:
        yield "all tags are gone"
    if previous.shallow != now.shallow:
        yield "the edge of the shallow clone has moved"
    if previous.broken:
        yield "commits were missing or corrupt"
    if _has_more_time(previous, limits):
        yield "there is more time to count lines than before"
    if _has_more_objects(view, previous, limits):
        yield "objects that were missing have come"
    if not is_commit(view, previous.head):
        yield "the former head is gone"
    if previous.head != now.head and not follows_first_parents(view, previous.head, now.head, limits):
        yield "the first-parent line does not lead to the former head"


def _since(view: GitView, previous: HistoryState, now: HistoryState, limits: Limits) -> CommitGraph | None:
    """New commits; null if git cannot tell."""
    assert previous.head is not None
    assert now.head is not None
    try:
        return list_commits(view, now.head, previous.head, limits)
    except ScanError:
        return None


def _has_more_time(previous: HistoryState, limits: Limits) -> bool:
    return previous.stopped_after is not None and limits.seconds > previous.stopped_after


def _has_more_objects(view: GitView, previous: HistoryState, limits: Limits) -> bool:
    missing = {commit.encode() for commit in previous.missing}
    return bool(missing) and find_uncountable(view, GitLog(view), sorted(missing), limits.seconds) != missing


def _digest(shallow: frozenset[bytes]) -> str | None:
    return hashlib.sha256(b"\n".join(sorted(shallow))).hexdigest()[:16] if shallow else None


def _shallow_unknowns(shallow: frozenset[bytes]) -> list[Unknown]:
    if not shallow:
        return []
    text = f"a shallow clone: the history behind {len(shallow)} commits is not there, and theirs are no lines"
    return [unknown(UnknownKind.SHALLOW, text)]


def _mailmap_blob(view: GitView, head: str | None) -> str | None:
    if head is None:
        return None
    try:
        entry = view.run("ls-tree", "--full-tree", head, "--", _MAILMAP).split()
    except SourceError:  # no tree, as in a clone of commits alone
        return None
    return entry[2].decode() if entry and entry[0].startswith(b"100") else None


def _usable_mailmap(view: GitView, blob: str | None, unknowns: list[Unknown]) -> str | None:
    if blob is None:
        return None
    try:
        size = int(view.run("cat-file", "-s", blob))
    except SourceError:
        unknowns.append(unknown(UnknownKind.UNREADABLE, "the object is missing or corrupt", _MAILMAP))
        return None
    if size > _MAILMAP_BYTES:
        text = f"{size} bytes, over the limit of {_MAILMAP_BYTES}; names and e-mails are as committed"
        unknowns.append(unknown(UnknownKind.LIMIT, text, _MAILMAP))
        return None
    return blob


def _former_heads(
    view: GitView, previous: HistoryState | None, head: str | None, limits: Limits, unknowns: list[Unknown]
) -> tuple[tuple[str, ...], bytes]:
    """Heads of earlier readings that reach what `head` does not, and the commits that only they reach."""
    if previous is None:
        return (), b""
    heads = [former for former in (previous.head, *previous.former_heads) if former is not None]
    heads = list(dict.fromkeys(heads))[:_FORMER_HEADS]
    there = tuple(former for former in heads if is_commit(view, former))
    unknowns += (
        unknown(UnknownKind.UNREADABLE, f"the former head {former} is gone, and commits that only it reached")
        for former in heads
        if former not in there
    )
    try:
        vanished = list_vanished(view, there, head, limits)
    except SourceError as error:
        unknowns.append(
            unknown(UnknownKind.UNREADABLE, f"commits that have vanished cannot be listed: {error}")
        )
        return there, b""
    return (there if vanished else ()), vanished
