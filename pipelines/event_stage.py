"""Bring the tables of public events up to the files of the workspace's archive folders."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.interface import RepositoryKey
from pipelines.crawl.forge.values import document
from pipelines.crawl.payload.github import read_event
from pipelines.payload_writer import PayloadWriter
from pipelines.progress import Progress
from warehouse.store.event_archive import FORGE, ArchiveFile, find_archive_files, load_archive_file
from warehouse.store.table_versions import bump_versions

_WANTED = """
select repo_id, lower(substr(repo_id, length($host) + 2)) as name, cast(null as bigint) as repository_id
from raw.repository
where host = $host
union
select repo_id, null, repository_id
from raw.forge_event
where forge = $host and repo_id in (select repo_id from raw.repository)
union
select repository.repo_id, null, forge.repository_id
from (
    select forge, repository_id, repo_id from raw.forge_repository
    union
    select forge, repository_id, repo_id from raw.forge_repository_name
    qualify row_number() over (partition by repo_id order by last_seen_at desc, repository_id desc) = 1
) as forge
join raw.repository as repository on lower(repository.repo_id) = lower(forge.repo_id)
where forge.forge = $host
order by all
"""


_TELLING = [
    *("IssuesEvent", "IssueCommentEvent", "PullRequestEvent", "PullRequestReviewEvent"),
    *("PullRequestReviewCommentEvent", "ReleaseEvent"),
]
_TOLD = """
select event.payload, kept.repository_id, kept.repo_id, kept.created_at
from temp.kept_event as kept
join temp.arriving_event as event on event.id = kept.event_id
where kept.type in (select unnest(?)) and kept.repository_id is not null and event.payload is not null
order by kept.created_at, kept.event_id
"""


def refresh_events(
    con: DuckDBPyConnection, folders: Sequence[Path], person_key: bytes, progress: Progress
) -> int:
    """Read the files that are new, that changed, or that were read before a repository was named.

    A repository is known by its name and, once an event told it, by the forge's id, so that events under an
    earlier or later name are found. Files that are no longer there keep their rows. Returns how many were
    read.

    Raises:
        WarehouseError: the tables cannot be written.
    """
    repositories = _wanted(con)
    known = dict(con.execute("select file, fingerprint from raw.event_file").fetchall())
    names = repositories.filter(pc.is_valid(repositories["name"]))
    due = [
        (file, fingerprint)
        for file in find_archive_files(folders)
        if known.get(file.name) != (fingerprint := _fingerprint(file, names))
    ]
    gone = "repo_id not in (select repo_id from raw.repository)"
    [(dropped,)] = con.execute(f"delete from raw.forge_event where {gone}").fetchall()  # noqa: S608
    if due:
        progress.begin("events", len(due))
    writer = PayloadWriter(con, person_key)
    for file, fingerprint in due:
        if load_archive_file(con, file, _wanted(con), person_key)["kept"]:
            _write_threads(con, writer)
        con.execute("update raw.event_file set fingerprint = ? where file = ?", [fingerprint, file.name])
        progress.advance()
    if dropped:
        bump_versions(con, ["forge_event"])
    return len(due)


def _write_threads(con: DuckDBPyConnection, writer: PayloadWriter) -> None:
    """Issues, change requests, reviews, comments and releases that the kept events of a file tell."""
    for payload, repository_id, repo_id, at in con.execute(_TOLD, [_TELLING]).fetchall():
        key = RepositoryKey(repository_id, repo_id.removeprefix(f"{FORGE}/"))
        writer.add(read_event(document(orjson.loads(payload)), key, at), at)
    writer.commit()


def _wanted(con: DuckDBPyConnection) -> pa.Table:
    """Repositories to look for: `repo_id`, and `name` in lower case or `repository_id`."""
    return con.sql(_WANTED, params={"host": FORGE}).to_arrow_table()


def _fingerprint(file: ArchiveFile, repositories: pa.Table) -> str:
    status = file.path.stat()
    wanted = "\n".join(sorted(repositories["name"].to_pylist()))
    digest = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{status.st_size} {status.st_mtime_ns} {digest}"
