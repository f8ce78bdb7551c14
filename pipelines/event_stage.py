"""Bring the tables of public events up to the files of the workspace's archive folders."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from pipelines.progress import Progress
from warehouse.store.event_archive import FORGE, ArchiveFile, find_archive_files, load_archive_file
from warehouse.store.versions import bump_versions

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
from raw.forge_repository as forge
join raw.repository as repository on lower(repository.repo_id) = lower(forge.repo_id)
where forge.forge = $host
order by all
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
    for file, fingerprint in due:
        load_archive_file(con, file, _wanted(con), fingerprint, person_key)
        progress.advance()
    if due or dropped:
        bump_versions(con, ["forge_event", "event_file"])
    return len(due)


def _wanted(con: DuckDBPyConnection) -> pa.Table:
    """Repositories to look for: `repo_id`, and `name` in lower case or `repository_id`."""
    return con.sql(_WANTED, params={"host": FORGE}).to_arrow_table()


def _fingerprint(file: ArchiveFile, repositories: pa.Table) -> str:
    status = file.path.stat()
    wanted = "\n".join(sorted(repositories["name"].to_pylist()))
    digest = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{status.st_size} {status.st_mtime_ns} {digest}"
