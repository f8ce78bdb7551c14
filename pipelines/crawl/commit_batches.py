"""Commits as git printed them → Arrow batches with the columns of `raw.commit` and `raw.commit_language`."""

import contextlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.crawl.commit_windows import Window
from warehouse.store.schema import RAW_TABLES

_ENCODING = re.compile(
    rb"(?i)(utf-?(16|32)|iso|latin|cp|windows|gb|hz|big5|euc|shift|sjis|koi8|johab|mac|tis)[a-z0-9_-]*"
)
"""Other codecs of Python are no character sets (unicode_escape) or can give lone surrogates (UTF-7)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What stands in every row."""

    repo_id: str
    head: str | None
    """Commit of the reading; null where only vanished commits are left."""
    parser: str
    parser_version: str


def commit_batch(
    origin: Origin, window: Window, first_parent: Collection[bytes], vanished: Collection[bytes]
) -> pa.RecordBatch:
    """Rows of `raw.commit`. Merges have no counts: what they change depends on the parent one looks from."""
    ids, parents, author, author_email, author_time, author_offset, *rest = zip(*window.rows, strict=True)
    committer, committer_email, committer_time, committer_offset, encodings = rest
    parent_ids = [None if ids is None else ids.decode().split() for ids in parents]
    counts = [
        None if parents is not None and len(parents) > 1 else counts
        for parents, counts in zip(parent_ids, window.counts, strict=True)
    ]
    return _batch(
        "commit",
        origin,
        len(ids),
        sha=_text(ids, encodings),
        author_name=_text(author, encodings),
        author_email=_text(author_email, encodings),
        committer_name=_text(committer, encodings),
        committer_email=_text(committer_email, encodings),
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


def language_batch(origin: Origin, window: Window) -> pa.RecordBatch:
    """Rows of `raw.commit_language`; binary files and files of no known language are not among them."""
    found = [
        (row.id, language, *sums)
        for row, counts in zip(window.rows, window.counts, strict=True)
        if counts is not None
        for language, sums in sorted(counts.languages.items())
    ]
    ids, languages, files, added, deleted = zip(*found, strict=True) if found else ((), (), (), (), ())
    return _batch(
        "commit_language",
        origin,
        len(found),
        sha=_text(ids, ()),
        language=languages,
        files=files,
        added=added,
        deleted=deleted,
    )


def _batch(table: str, origin: Origin, length: int, **columns: Sequence[object] | pa.Array) -> pa.RecordBatch:
    schema = RAW_TABLES[table].schema
    constants = {
        "repo_id": origin.repo_id,
        "head_sha": origin.head,
        "parser": origin.parser,
        "parser_version": origin.parser_version,
    }
    arrays = [
        pa.repeat(pa.scalar(constants[field.name], field.type), length)
        if field.name in constants
        else pa.array(columns[field.name], field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _numbers(values: Sequence[bytes | int | None]) -> list[int | None]:
    return [None if value is None else int(value) for value in values]


def _text(values: Sequence[bytes | None], encodings: Sequence[bytes]) -> pa.Array:
    try:
        return pa.array(values, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:  # not UTF-8: git could not re-encode, or the commit does not say from what
        return pa.array([v if v is None else decode(v, e) for v, e in zip(values, encodings, strict=True)])


def decode(text: bytes, encoding: bytes) -> str:
    """UTF-8, else the encoding that the commit names, else UTF-8 with `\\xNN` for what does not fit."""
    with contextlib.suppress(ValueError):
        return text.decode("utf-8")
    if _ENCODING.fullmatch(encoding):
        with contextlib.suppress(LookupError, ValueError):
            return text.decode(encoding.decode("ascii"))
    return text.decode("utf-8", "backslashreplace")
