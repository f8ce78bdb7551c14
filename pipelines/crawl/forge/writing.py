"""Write what a forge told: the rows of its pages together with the cursor that says how far they reach.

Pages are gathered until there are enough rows or some seconds have passed, and then committed in one
transaction with the cursors and ETags that belong to them. What a killed crawl had gathered is asked again.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.crawl.forge.interface import Rows
from pipelines.crawl.forge.people import Accounts
from warehouse.store.database import quote_name, registered, transaction
from warehouse.store.privacy import extend_requests
from warehouse.store.schema import FORGE_KEYS, RAW_TABLES
from warehouse.store.table_versions import bump_versions
from warehouse.store.upsert import upsert_rows

PARSER_VERSION = "1"
ROWS_PER_COMMIT, SECONDS_PER_COMMIT = 20_000, 5.0
_KNOWN_ACCOUNTS = 500_000
_OPEN_KEYS = frozenset({"review_id", "author_id", "account_id", "name", "email", "token_mark"})
"""Key columns that may be null."""
_TEMPORARY = "forge_patch"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a listing goes on; see `raw.forge_cursor`."""

    since: datetime | None = None
    page: int = 0
    next_url: str | None = None
    began_at: datetime | None = None
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Etag:
    """A stored answer; see `raw.forge_etag`."""

    request: str
    etag: str | None
    last_modified: str | None
    next_url: str | None
    rows: int
    observed_at: datetime

    @property
    def condition(self) -> dict[str, str]:
        """Headers that ask whether it still holds."""
        known = {"If-None-Match": self.etag, "If-Modified-Since": None if self.etag else self.last_modified}
        return {name: value for name, value in known.items() if value}


class ForgeWriter:
    """Gathers and commits what one forge tells."""

    def __init__(self, con: DuckDBPyConnection, host: str, parser: str, person_key: bytes) -> None:
        self.con = con
        self.host = host
        requests = con.execute(
            "select address_id, bool_or(kind = 'erase') from raw.privacy_request group by address_id"
        ).fetchall()
        self._people = Accounts(person_key, host, dict(requests))
        self.rows = 0
        """Rows received so far."""
        self.rejected = 0
        """Documents without what names them."""
        self.touch = False
        """Renew `observed_at` of rows that say nothing new, so that those that are gone stand out."""
        self._constants = {"forge": host, "parser": parser, "parser_version": PARSER_VERSION}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._patches: dict[str, list[dict[str, Any]]] = {}
        self._gathered = 0
        self._cursors: dict[tuple[str, str], Cursor] = {}
        self._etags: dict[str, Etag] = {}
        self._accounts: dict[str, tuple[Any, ...]] = {}
        self._committed_at = time.monotonic()

    def add(self, rows: Rows, repository_id: int | None, observed_at: datetime) -> None:
        """Gather rows of a page; accounts that this crawl wrote already are left out."""
        for name, entries in rows.items():
            if name == "forge_account":
                profiles = (self._people.profile(entry) for entry in self._new_accounts(entries))
                wanted = [profile for profile in profiles if profile is not None]
            else:
                wanted = entries
                self.rows += len(entries)
                for entry in entries:
                    self._people.hide(entry)
                    if name == "forge_contributor":
                        self._people.contributor(entry)
            for row in wanted:
                row["repository_id"] = repository_id
                row["observed_at"] = observed_at
            self._rows.setdefault(name, []).extend(wanted)
            self._gathered += len(wanted)

    def patch(self, table: str, repository_id: int, number: str, values: Mapping[str, Any]) -> None:
        """Gather columns of one issue or change request to be set."""
        row = {"forge": self.host, "repository_id": repository_id, "number": number, **values}
        self._people.hide(row)
        self._patches.setdefault(table, []).append(row)
        self._gathered += 1

    def move(self, subject: str, endpoint: str, cursor: Cursor) -> None:
        """The cursor that goes with what was gathered last."""
        self._cursors[subject, endpoint] = cursor

    def remember(self, etag: Etag) -> None:
        if etag.condition:
            self._etags[etag.request] = etag

    def is_due(self) -> bool:
        return self._gathered >= ROWS_PER_COMMIT or time.monotonic() - self._committed_at > SECONDS_PER_COMMIT

    def commit(self, extra: Mapping[str, Sequence[dict[str, Any]]] | None = None) -> None:
        """Write everything gathered, and rows of the crawl's own tables, all of it or nothing."""
        gathered = {
            **self._rows,
            "forge_cursor": [
                {"subject": subject, "endpoint": endpoint, **asdict(cursor)}
                for (subject, endpoint), cursor in self._cursors.items()
            ],
            "forge_etag": [asdict(etag) for etag in self._etags.values()],
            **(extra or {}),
        }
        tables = {}
        for name, entries in gathered.items():
            if entries:
                tables[name], rejected = make_table(name, entries, self._constants)
                self.rejected += rejected
        if tables or self._patches or self._people.found:
            with transaction(self.con):
                upsert_rows(self.con, tables, touch=self.touch)
                for name, patches in self._patches.items():
                    apply_patches(self.con, name, patches)
                extend_requests(self.con, self._people.found)
        self.forget()

    def forget(self) -> None:
        """Drop what was gathered and not committed."""
        for gathered in (self._rows, self._patches, self._cursors, self._etags):
            gathered.clear()
        self._people.found.clear()
        self._gathered = 0
        self._committed_at = time.monotonic()

    def _new_accounts(self, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(self._accounts) > _KNOWN_ACCOUNTS:
            self._accounts.clear()
        wanted = []
        for entry in entries:
            facts = tuple(entry.values())
            if self._accounts.get(entry["account_id"]) != facts:
                self._accounts[entry["account_id"]] = facts
                wanted.append(entry)
        return wanted


def make_table(
    name: str, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> tuple[pa.Table, int]:
    """Rows with the columns of a raw table, and how many were left out because their key is incomplete."""
    schema = RAW_TABLES[name].schema
    kept = rows
    for key in FORGE_KEYS[name]:
        if key not in _OPEN_KEYS and key not in shared:
            kept = [row for row in kept if row.get(key) is not None]
    arrays = [
        pa.repeat(pa.scalar(shared[column.name], column.type), len(kept))
        if column.name in shared
        else pa.array([row.get(column.name) for row in kept], column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema), len(rows) - len(kept)


def apply_patches(con: DuckDBPyConnection, name: str, patches: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of issues or change requests; a patch leaves columns alone that it does not hold."""
    schema = RAW_TABLES[name].schema
    keys = ("forge", "repository_id", "number")
    columns = [field for field in schema if any(field.name in patch for patch in patches)]
    table = pa.table(
        {field.name: pa.array([patch.get(field.name) for patch in patches], field.type) for field in columns}
    )
    told = {
        f"told_{field.name}": pa.array([field.name in patch for patch in patches], pa.bool_())
        for field in columns
    }
    for column, values in told.items():
        table = table.append_column(column, values)
    changes = ", ".join(
        f"{quote_name(c)} = case when new.{quote_name('told_' + c)} then new.{quote_name(c)}"
        f" else old.{quote_name(c)} end"
        for c in (field.name for field in columns)
        if c not in keys
    )
    same = " and ".join(f"old.{quote_name(key)} = new.{quote_name(key)}" for key in keys)
    with registered(con, _TEMPORARY, table):
        con.execute(
            f"update raw.{quote_name(name)} as old set {changes} from {_TEMPORARY} as new where {same}"  # noqa: S608
        )
    bump_versions(con, [name])


def read_cursor(con: DuckDBPyConnection, host: str, subject: str, endpoint: str) -> Cursor:
    """Where a listing goes on; from the beginning if it was never read."""
    found = con.execute(
        "select since, page, next_url, began_at, is_full from raw.forge_cursor"
        " where forge = ? and subject = ? and endpoint = ?",
        [host, subject, endpoint],
    ).fetchall()
    return Cursor(*found[0]) if found else Cursor()


def read_etag(con: DuckDBPyConnection, host: str, request: str) -> Etag | None:
    """The stored answer to a request."""
    found = con.execute(
        "select request, etag, last_modified, next_url, rows, observed_at from raw.forge_etag"
        " where forge = ? and request = ?",
        [host, request],
    ).fetchall()
    return Etag(*found[0]) if found else None
