"""Hourly files of GH Archive (`2025-01-31-15.json.gz`): public events of GitHub, read by DuckDB as they are.

An archive holds what the Events API showed: not every event was caught, and since 7 October 2025 GitHub
leaves out commits of pushes and most of what change requests used to say (GitHub changelog of 8 August 2025).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.models.core.bots import bot_patterns
from warehouse.people import account_id, forge_addresses, pseudonym
from warehouse.store.database import registered, transaction
from warehouse.store.table_versions import bump_versions

SUFFIX = ".json.gz"
FORGE = "github.com"
_HOUR = re.compile(r"(\d{4})-(\d{2})-(\d{2})-(\d{1,2})\.json\.gz")
_LARGEST_EVENT = 32 << 20

_EVENTS = """
create or replace temp table arriving_event as
select
    id,
    type,
    actor.id as actor_id,
    actor.login as login,
    repo.id as repository_id,
    lower(repo.name) as name,
    try_cast(created_at as timestamptz) as created_at,
    payload
from read_json(
    ?,
    format = 'newline_delimited',
    compression = 'gzip',
    ignore_errors = true,
    maximum_object_size = ?,
    columns = {
        id: 'VARCHAR',
        type: 'VARCHAR',
        actor: 'STRUCT(id BIGINT, login VARCHAR)',
        repo: 'STRUCT(id BIGINT, name VARCHAR)',
        payload: 'JSON',
        created_at: 'VARCHAR'
    }
)
"""
_ACTORS = """
select actor_id, any_value(login) as login
from temp.arriving_event as event
join wanted_repository as wanted
    on wanted.name = event.name or wanted.repository_id = event.repository_id
where actor_id is not null
group by actor_id
"""
_KEPT = """
select
    $forge as forge,
    event.id as event_id,
    event.repository_id,
    wanted.repo_id,
    event.type,
    event.payload ->> '$.action' as action,
    coalesce(
        event.payload ->> '$.number',
        event.payload ->> '$.issue.number',
        event.payload ->> '$.pull_request.number'
    ) as number,
    actor.digest as actor_id,
    regexp_full_match(event.login, $bots, 'i') as is_bot,
    case event.type
        when 'PushEvent' then not json_exists(event.payload, '$.commits')
        when 'PullRequestEvent' then not json_exists(event.payload, '$.pull_request.title')
        when 'PullRequestReviewEvent' then not json_exists(event.payload, '$.pull_request.title')
        else false
    end as is_trimmed,
    event.created_at,
    $file as file
from arriving_event as event
join wanted_repository as wanted
    on wanted.name = event.name or wanted.repository_id = event.repository_id
left join temp.event_actor as actor on actor.actor_id = event.actor_id
where event.id is not null and event.type is not null and event.created_at is not null
qualify row_number() over (partition by event.id order by wanted.name = event.name desc) = 1
"""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of an archive."""

    path: Path
    name: str
    """Path below its folder, as rows name it."""

    @property
    def hour(self) -> datetime | None:
        """The hour that the name tells; null if it tells none."""
        found = _HOUR.fullmatch(self.path.name)
        if found is None:
            return None
        year, month, day, hour = map(int, found.groups())
        try:
            return datetime(year, month, day, hour, tzinfo=UTC)
        except ValueError:
            return None


def find_archive_files(folders: Iterable[Path]) -> list[ArchiveFile]:
    """The hourly files below the folders by name; of two with one name that of the first folder."""
    found: dict[str, ArchiveFile] = {}
    for folder in folders:
        for path in sorted(folder.rglob(f"*{SUFFIX}")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                found.setdefault(name, ArchiveFile(path, name))
    return [found[name] for name in sorted(found)]


def load_archive_file(
    con: DuckDBPyConnection, file: ArchiveFile, repositories: pa.Table, person_key: bytes
) -> Mapping[str, int]:
    """Put in the events of one file about `repositories` (repo_id, name in lower case, repository_id).

    The row about the file has no fingerprint yet: the caller sets it when everything else that the file tells
    is in, or else the file is read again. A file that cannot be read becomes a row with the reason; what an
    earlier reading of it gave stays. Returns how many events there are (`events`), were kept and rejected.

    Raises:
        WarehouseError: the warehouse cannot be written.
    """
    try:
        with registered(con, "wanted_repository", repositories):
            con.execute(_EVENTS, [str(file.path), _LARGEST_EVENT])
            _name_actors(con, person_key)
            con.execute(
                f"create or replace temp table kept_event as {_KEPT}",
                {"forge": FORGE, "file": file.name, "bots": bot_patterns()["names"]},
            )
        counts = _counts(con)
        status = "partial" if counts["rejected"] else "read"
        reason = f"{counts['rejected']} lines are no events" if counts["rejected"] else None
    except duckdb.Error as error:
        counts, status, reason = {"events": 0, "kept": 0, "rejected": 0}, "failed", str(error)[:500]
    try:
        with transaction(con):
            if status != "failed":
                con.execute("delete from raw.forge_event where file = ?", [file.name])
                con.execute(
                    "insert into raw.forge_event by name from temp.kept_event"
                    " where event_id not in (select event_id from raw.forge_event where forge = ?)",
                    [FORGE],
                )
            con.execute("delete from raw.event_file where file = ?", [file.name])
            con.execute(
                "insert into raw.event_file values (?, ?, ?, ?, ?, ?, ?, ?)",
                [file.name, None, status, reason, file.hour, *counts.values()],
            )
            bump_versions(con, ["event_file", "forge_event"])
    except duckdb.Error as error:
        raise WarehouseError(f"{file.name}: its events cannot be put in: {error}") from error
    return counts


def _name_actors(con: DuckDBPyConnection, person_key: bytes) -> None:
    """Digests of the accounts that did what the wanted events tell; null for somebody erased."""
    rows = con.execute("select address_id from raw.privacy_request where kind = 'erase'").fetchall()
    erased = {address for (address,) in rows}
    ids, digests = list[int](), list[str | None]()
    for actor, login in con.execute(_ACTORS).fetchall():
        digest = account_id(person_key, FORGE, str(actor))
        known = {digest}
        if erased and login:
            known |= {pseudonym(person_key, a) for a in forge_addresses(str(actor), login, FORGE)}
        ids.append(actor)
        digests.append(digest if erased.isdisjoint(known) else None)
    table = pa.table({"actor_id": pa.array(ids, pa.int64()), "digest": pa.array(digests, pa.string())})
    with registered(con, "named_actor", table):
        con.execute("create or replace temp table event_actor as from named_actor")


def _counts(con: DuckDBPyConnection) -> dict[str, int]:
    [(events, rejected)] = con.execute(
        "select count(*) filter (id is not null and type is not null),"
        " count(*) filter (id is null or type is null)"
        " from temp.arriving_event"
    ).fetchall()
    [(kept,)] = con.execute("select count(*) from temp.kept_event").fetchall()
    return {"events": events, "kept": kept, "rejected": rejected}
