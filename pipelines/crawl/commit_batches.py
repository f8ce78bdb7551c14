"""Commits as git printed them → Arrow batches with the columns of the raw tables of a history."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipelines.crawl.commit_records import Counts
from pipelines.crawl.commit_text import Origin, decode
from pipelines.crawl.commit_windows import Window
from pipelines.crawl.people import People, trailer_contacts
from warehouse.store.schema import RAW_TABLES

Sums = tuple[int, int, int]
"""Files, lines added, lines deleted."""


def commit_batches(
    origin: Origin,
    window: Window,
    people: People,
    first_parent: Collection[bytes],
    vanished: Collection[bytes],
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Rows of all tables that tell of commits, with the table's name; whoever is named joins `people`."""
    yield "commit", _commits(origin, window, people, first_parent, vanished)
    yield "commit_language", _parts(origin, window, "commit_language", "language", _by_language)
    yield "commit_folder", _parts(origin, window, "commit_folder", "folder", _by_folder)
    yield "commit_trailer", _trailers(origin, window, people)


def _commits(
    origin: Origin,
    window: Window,
    people: People,
    first_parent: Collection[bytes],
    vanished: Collection[bytes],
) -> pa.RecordBatch:
    """Merges have no counts: what they change depends on the parent one looks from."""
    ids, parents, author, author_email, author_time, author_offset, *rest = zip(*window.rows, strict=True)
    committer, committer_email, committer_time, committer_offset, encodings, _ = rest
    parent_ids = [None if ids is None else ids.decode().split() for ids in parents]
    counts = [
        None if parents is not None and len(parents) > 1 else counts
        for parents, counts in zip(parent_ids, window.counts, strict=True)
    ]
    return _batch(
        "commit",
        origin,
        len(ids),
        sha=_ascii(ids),
        author_id=list(map(people.id_of, author, author_email, encodings)),
        committer_id=list(map(people.id_of, committer, committer_email, encodings)),
        authored_at=_numbers(author_time),
        author_offset=_numbers(author_offset),
        committed_at=_numbers(committer_time),
        committer_offset=_numbers(committer_offset),
        parents=parent_ids,
        first_parent=[commit in first_parent for commit in ids],
        files=[count and count.files for count in counts],
        added=[count and count.added for count in counts],
        deleted=[count and count.deleted for count in counts],
        vanished=[commit in vanished for commit in ids],
    )


def _by_language(counts: Counts) -> dict[str, Sums]:
    """Binary files and files of no known language are not among them."""
    sums: dict[str, Sums] = {}
    for (_, language), (files, added, deleted) in counts.changes.items():
        if language is not None:
            before = sums.get(language, (0, 0, 0))
            sums[language] = before[0] + files, before[1] + added, before[2] + deleted
    return sums


def _by_folder(counts: Counts) -> dict[bytes, Sums]:
    sums: dict[bytes, Sums] = {}
    for (folder, _), (files, added, deleted) in counts.changes.items():
        before = sums.get(folder, (0, 0, 0))
        sums[folder] = before[0] + files, before[1] + added, before[2] + deleted
    return sums


def _parts(
    origin: Origin,
    window: Window,
    table: str,
    column: str,
    split: Callable[[Counts], Mapping[Any, Sums]],
) -> pa.RecordBatch:
    """Rows of a table that has one row per commit and part of its change."""
    found = [
        (row.id, part, *sums)
        for row, counts in zip(window.rows, window.counts, strict=True)
        if counts is not None
        for part, sums in sorted(split(counts).items())
    ]
    ids, parts, files, added, deleted = zip(*found, strict=True) if found else ((), (), (), (), ())
    names = [part if isinstance(part, str) else decode(part, b"") for part in parts]
    sums = {"files": files, "added": added, "deleted": deleted}
    return _batch(table, origin, len(found), sha=_ascii(ids), **{column: names}, **sums)


def _trailers(origin: Origin, window: Window, people: People) -> pa.RecordBatch:
    found = [
        (row.id, position, kind, people.id_of_contact(contact, row.encoding))
        for row in window.rows
        if row.trailers
        for position, (kind, contact) in enumerate(trailer_contacts(row.trailers), 1)
    ]
    ids, positions, kinds, named = zip(*found, strict=True) if found else ((), (), (), ())
    columns = {"position": positions, "kind": kinds, "identity_id": named}
    return _batch("commit_trailer", origin, len(found), sha=_ascii(ids), **columns)


def _batch(table: str, origin: Origin, length: int, **columns: Sequence[object] | pa.Array) -> pa.RecordBatch:
    schema = RAW_TABLES[table].schema
    constants = origin.columns
    arrays = [
        pa.repeat(pa.scalar(constants[field.name], field.type), length)
        if field.name in constants
        else pa.array(columns[field.name], field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _numbers(values: Sequence[bytes | int | None]) -> list[int | None]:
    return [None if value is None else int(value) for value in values]


def _ascii(values: Sequence[bytes]) -> pa.Array:
    return pa.array(values, pa.binary()).cast(pa.string())
