"""The output of one `git log --numstat` over many commits, parsed as it comes.

A commit is printed as a record `c…` that ends with NUL, and each changed file as a record that starts with a
digit, `-` or a newline and ends with NUL. No field of a commit's record can hold a newline but the last, the
trailers, and no path a NUL, so nothing in a repository can pass for a record of another kind. Of messages
only the trailers that name people are printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.crawl.changed_files import Change, change_of
from pipelines.crawl.commit_header import FIELDS, commit_id

IDENTITY_OPTIONS = (f"--format=c{'%n'.join(FIELDS)}",)
"""Asks `git log` for commits without the lines they changed."""
LINE_OPTIONS = (*IDENTITY_OPTIONS, "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv")
"""Asks `git log` for the lines as well."""
_RECORD_BYTES = 1024 * 1024


@dataclass(slots=True)
class Counts:
    """What one commit changed. `changes`: files, lines added and deleted by folder and language."""

    files: int = 0
    added: int = 0
    deleted: int = 0
    changes: dict[Change, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class CommitRecords:
    """Commits as git printed them: the record of each, and its counts; null where they were not asked for."""

    headers: list[bytes] = field(default_factory=list)
    counts: list[Counts | None] = field(default_factory=list)

    def parse_identities(self, pieces: Iterator[bytes]) -> None:
        """Add what `git log` prints with `IDENTITY_OPTIONS`.

        Raises:
            ValueError: a record is longer than any real one.
        """
        for record in split_records(pieces):
            self.add(record)

    def parse_lines(self, pieces: Iterator[bytes]) -> None:
        """Add what `git log` prints with `LINE_OPTIONS`.

        Raises:
            ValueError: a record is longer than any real one.
        """
        counts = Counts()
        for record in split_records(pieces):
            if record.startswith(b"c"):
                counts = Counts()
                self.add(record, counts)
            else:
                _count(counts, record)

    def add(self, header: bytes, counts: Counts | None = None) -> None:
        self.headers.append(header)
        self.counts.append(counts)

    def sort(self, commits: Sequence[bytes]) -> None:
        """Bring the commits in the order of `commits`, which has all of them."""
        position = {commit: number for number, commit in enumerate(commits)}
        order = sorted(range(len(self.headers)), key=lambda n: position[commit_id(self.headers[n])])
        self.headers = [self.headers[number] for number in order]
        self.counts = [self.counts[number] for number in order]

    def drop_last(self) -> None:
        """Forget the commit in the middle of which git was interrupted."""
        self.headers.pop()
        self.counts.pop()


def split_records(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Records that end with NUL; what follows the last NUL is dropped.

    Raises:
        ValueError: a record is longer than any real one.
    """
    rest = b""
    for piece in pieces:
        records = (rest + piece).split(b"\0")
        rest = records.pop()
        if len(rest) > _RECORD_BYTES:
            raise ValueError(f"names, trailers or a path of more than {_RECORD_BYTES} bytes")
        yield from records


def _count(counts: Counts, record: bytes) -> None:
    added_text, deleted_text, path = record.split(b"\t", 2)
    change = change_of(path)
    added = deleted = 0
    if added_text.endswith(b"-"):  # a binary file has no lines, and in no language
        change = (change[0], None)
    else:
        added, deleted = int(added_text), int(deleted_text)
        counts.added += added
        counts.deleted += deleted
    counts.files += 1
    sums = counts.changes.get(change)
    if sums is None:
        counts.changes[change] = [1, added, deleted]
    else:
        sums[0] += 1
        sums[1] += added
        sums[2] += deleted
