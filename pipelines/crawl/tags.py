"""The tags of a repository, read from its ref files and objects."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from pipelines.crawl.commit_text import Origin
from pipelines.crawl.history_state import SCANNER, SCANNER_VERSION
from pipelines.crawl.people import People
from pipelines.crawl.raw_commit import Moment, read_moment
from sbom.errors import ScanError
from sbom.git import GitView, list_refs
from sbom.model import Unknown, UnknownKind
from warehouse.store.schema import RAW_TABLES

_PREFIX = "refs/tags/"
_MOST_TAGS = 100_000
_MOST_BYTES = 64 * 1024
"""Size of a tag object; only its header is used, and real messages are short."""
_TAGGER = re.compile(rb"^tagger (.*?) ?<([^>\n]*)>.*$", re.MULTILINE)
_COMMITTER_OPTIONS = ("log", "-z", "--stdin", "--no-walk=unsorted", "--date=raw", "--format=%H %ct %cd")


def list_tags(git_dir: Path) -> dict[str, str]:
    """Names of the tags and ids of the objects that they point at, without starting a process.

    Raises:
        SourceError: the repository has more references than can be read.
    """
    refs = list_refs(git_dir)
    return {name.removeprefix(_PREFIX): refs[name] for name in sorted(refs) if name.startswith(_PREFIX)}


def tags_digest(tags: Mapping[str, str]) -> str | None:
    """Changes whenever a tag is made, moved or removed; null without tags."""
    lines = "".join(f"{name} {object_id}\n" for name, object_id in tags.items())
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()[:16] if tags else None


def read_tags(
    view: GitView, tags: Mapping[str, str], origin: Origin, people: People, seconds: float
) -> tuple[pa.RecordBatch, list[Unknown]]:
    """Rows of `raw.tag`; taggers join `people`. What cannot be read is null and an unknown."""
    unknowns = []
    if len(tags) > _MOST_TAGS:
        text = f"{len(tags)} tags, over the limit of {_MOST_TAGS}; the others are left out"
        unknowns.append(_unknown(UnknownKind.LIMIT, text))
    kept = dict(list(tags.items())[:_MOST_TAGS])
    kinds: dict[str, str] | None = None
    commits: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    times: dict[str, int] = {}
    try:
        kinds, commits, small = _look_up(view, sorted(set(kept.values())), seconds)
        contents = dict(_contents(view, small, seconds))
        times = dict(_commit_times(view, sorted(set(commits.values())), seconds))
    except ScanError as error:
        unknowns.append(_unknown(UnknownKind.UNREADABLE, f"tags cannot be read: {error}"))
    missing = [name for name, object_id in kept.items() if kinds is not None and object_id not in kinds]
    if missing:
        text = f"{len(missing)} tags lead to missing objects, such as {missing[0]}"
        unknowns.append(_unknown(UnknownKind.UNREADABLE, text))
    rows: list[dict[str, object]] = []
    for name, object_id in kept.items():
        tagger, moment = _tagger(contents.get(object_id, b""), people)
        commit, kind = commits.get(object_id), (kinds or {}).get(object_id)
        rows.append(
            {
                **origin.columns,
                "name": name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
                "object_id": object_id,
                "is_annotated": None if kind is None else kind == "tag",
                "commit_sha": commit,
                "committed_at": times.get(commit) if commit is not None else None,
                "tagger_id": tagger,
                "tagged_at": moment.epoch,
                "tagger_offset": moment.offset,
            }
        )
    return pa.RecordBatch.from_pylist(rows, RAW_TABLES["tag"].schema), unknowns


def _look_up(
    view: GitView, ids: list[str], seconds: float
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Kind of each object that is there, the commit that it leads to, and the tag objects worth reading."""
    if not ids:
        return {}, {}, []
    question = "".join(f"{object_id}\n{object_id}^{{commit}}\n" for object_id in ids).encode()
    answers = view.run("cat-file", "--batch-check", stdin=question, timeout=max(seconds, 0)).splitlines()
    kinds, commits, small = {}, {}, []
    for object_id, own, commit in zip(ids, answers[::2], answers[1::2], strict=True):
        found, peeled = own.split(), commit.split()
        if len(found) == 3:
            kinds[object_id] = found[1].decode("ascii")
            if found[1] == b"tag" and int(found[2]) <= _MOST_BYTES:
                small.append(object_id)
        if len(peeled) == 3 and peeled[1] == b"commit":
            commits[object_id] = peeled[0].decode("ascii")
    return kinds, commits, small


def _contents(view: GitView, ids: list[str], seconds: float) -> Iterator[tuple[str, bytes]]:
    if not ids:
        return
    question = "".join(f"{object_id}\n" for object_id in ids).encode()
    output = view.run("cat-file", "--batch", stdin=question, timeout=max(seconds, 0))
    start = 0
    for object_id in ids:
        end = output.index(b"\n", start)
        size = int(output[start:end].split()[2])
        yield object_id, output[end + 1 : end + 1 + size]
        start = end + size + 2


def _commit_times(view: GitView, ids: list[str], seconds: float) -> Iterator[tuple[str, int]]:
    """Committer times, epoch seconds; git shows none before 1970 or beyond what it can count."""
    if not ids:
        return
    question = "".join(f"{object_id}\n" for object_id in ids).encode()
    output = view.run(*_COMMITTER_OPTIONS, stdin=question, timeout=max(seconds, 0))
    for record in output.split(b"\0"):
        found = record.split()
        if len(found) == 4 and found[1].isdigit() and found[2].isdigit():
            yield found[0].decode("ascii"), int(found[1])


def _tagger(content: bytes, people: People) -> tuple[str | None, Moment]:
    header = content.partition(b"\n\n")[0]
    match = _TAGGER.search(header)
    if match is None:
        return None, Moment(None, None)
    return people.id_of(match[1].strip(), match[2].strip(), b""), read_moment(match[0])


def _unknown(kind: UnknownKind, reason: str) -> Unknown:
    return Unknown(kind, reason, "refs/tags", None, SCANNER, SCANNER_VERSION)
