"""The record that git prints of one commit, split into its fields."""

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from pipelines.crawl.raw_commit import Moment, RawCommit

_MOMENT = rb"(\d{1,18}) \d+ ([+-]\d{1,9})"
_REGULAR = re.compile(
    rb"c([0-9a-f]+)\n([0-9a-f ]*)\n(.*)\n(.*)\n"
    + _MOMENT
    + rb"\n(.*)\n(.*)\n"
    + _MOMENT
    + rb"\n(.*)\n((?s:.*))"
)
_TRAILERS = ",".join(f"key={kind}" for kind in ("Co-authored-by", "Signed-off-by", "Reviewed-by"))
FIELDS = (
    *("%H", "%P", "%an", "%ae", "%at %ad", "%cn", "%ce", "%ct %cd", "%e"),
    f"%(trailers:{_TRAILERS},unfold=true)",
)
"""What git is asked to print of a commit; only the last field may hold newlines."""
_NOT_PRINTED = (b"%an", b"%ae", b"%cn", b"%ce")
"""What git prints instead of names and e-mails where an identity has no `<`."""

ReadCommit = Callable[[bytes], RawCommit | None]
"""The commit object with an id; null if it cannot be read."""


class CommitRow(NamedTuple):
    """Fields as bytes; null what the commit does not tell."""

    id: bytes
    parents: bytes | None
    """Ids with spaces between them."""
    author_name: bytes | None
    author_email: bytes | None
    author_time: bytes | int | None
    author_offset: bytes | int | None
    committer_name: bytes | None
    committer_email: bytes | None
    committer_time: bytes | int | None
    committer_offset: bytes | int | None
    encoding: bytes
    trailers: bytes
    """Lines `Key: value` of the trailers that name people."""


def header_of_id(commit: bytes) -> bytes:
    """The record of a commit of which nothing but the id is known."""
    return b"\n".join((b"c" + commit, b"", *_NOT_PRINTED[:2], b"", *_NOT_PRINTED[2:], b"", b"", b""))


def commit_id(header: bytes) -> bytes:
    return header[1 : header.index(b"\n")]


def split_header(header: bytes, hidden_parents: Collection[bytes], read_commit: ReadCommit) -> CommitRow:
    """Split a record; what git does not print as the commit has it is read from the commit."""
    found = _REGULAR.fullmatch(header)
    if found is None:
        return _split_irregular(header, read_commit)
    row = CommitRow._make(found.groups())
    if row.id in hidden_parents:
        return row._replace(parents=_parents(read_commit(row.id)))
    return row


def _split_irregular(header: bytes, read_commit: ReadCommit) -> CommitRow:
    commit, parents, author_name, author_email, _, *rest = header[1:].split(b"\n", len(FIELDS) - 1)
    committer_name, committer_email, _, encoding, trailers = rest
    raw = read_commit(commit)
    authored, committed = (raw.authored, raw.committed) if raw else (Moment(None, None), Moment(None, None))
    return CommitRow(
        commit,
        _parents(raw) if raw else parents or None,
        _printed(author_name, authored),
        _printed(author_email, authored),
        authored.epoch,
        authored.offset,
        _printed(committer_name, committed),
        _printed(committer_email, committed),
        committed.epoch,
        committed.offset,
        encoding,
        trailers,
    )


def _parents(raw: RawCommit | None) -> bytes | None:
    return None if raw is None else " ".join(raw.parents).encode()


def _printed(text: bytes, moment: Moment) -> bytes | None:
    return None if text in _NOT_PRINTED or (not text and moment.epoch is None) else text
