"""People who are not to be observed: erased for good, or opted out.

Requests are kept as keyed digests of addresses in `raw.privacy_request`. What a scan brings of an erased
person is dropped before it is written, so that nobody comes back with the next crawl. DuckDB keeps the bytes
of deleted rows in free blocks; `warehouse.store.rewrite` leaves them behind. Requests hold digests only, but
of people who asked not to be seen: they are never published.
"""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone, values are parameters

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.people import address_id
from warehouse.store.database import quote_name, transaction
from warehouse.store.schema import EVENT_TABLES, FORGE_ACCOUNTS, FORGE_TABLES, RAW_TABLES
from warehouse.store.schema.columns import TEXTS
from warehouse.store.table_versions import bump_versions

Kind = Literal["erase", "opt-out"]

PEOPLE_COLUMNS = {
    "commit": ("author_id", "committer_id"),
    "commit_trailer": ("identity_id",),
    "tag": ("tagger_id",),
}
"""Columns that name people by `raw.identity.identity_id`."""
ADDRESS_TABLES = ("roster", "identity_statement")
"""Raw tables that name people by the digest of an address, in `email_id` columns."""
AUTHOR_TABLES = ("component", "declared_package")
"""Raw tables whose `authors` are as files of repositories write them, by no digest that could tell who it is:
after the first erasure none are kept."""
ACCOUNT_COLUMNS = {
    name: columns
    for name in FORGE_TABLES + EVENT_TABLES
    if name not in ("forge_account", "forge_contributor")
    and (columns := tuple(c for c in RAW_TABLES[name].schema.names if c in FORGE_ACCOUNTS))
}
"""Columns of what forges tell that name accounts by their digest, alone or in lists."""
_ERASED = "(select address_id from raw.privacy_request where kind = 'erase')"
_ERASED_LIST = "(select list(address_id) from raw.privacy_request where kind = 'erase')"
_IS_ERASED = f"coalesce(email_id in {_ERASED} or canonical_email_id in {_ERASED}, false)"
REQUESTED = "temp.requested"
"""Whom requests hold for while the warehouse is published."""
_REQUESTED_ADDRESSES = f"(select address_id from {REQUESTED})"
_COVERED = (
    f"(identity_id in {_REQUESTED_ADDRESSES} or coalesce(email_id in {_REQUESTED_ADDRESSES}, false)"
    f" or coalesce(canonical_email_id in {_REQUESTED_ADDRESSES}, false))"
)


def forget_erased(con: DuckDBPyConnection, parquet: str, files: Sequence[str]) -> set[str]:
    """Note who in the identity files is erased, for `without_erased`; returns raw tables that changed.

    Another address that a `.mailmap` gives to somebody erased is erased with it.
    """
    con.execute("create or replace temp table erased_identity (identity_id varchar)")
    [(requests,)] = con.execute("select count(*) from raw.privacy_request where kind = 'erase'").fetchall()
    if not files or not requests:
        return set()
    con.execute(
        "insert into raw.privacy_request by name"
        " select distinct on (seen.email_id) request.* replace (seen.email_id as address_id)"
        f" from {parquet} as seen join raw.privacy_request as request"
        " on request.address_id = seen.canonical_email_id and request.kind = 'erase'"
        f" where seen.email_id not in {_ERASED}",
        [list(files)],
    )
    con.execute(
        f"insert into erased_identity select identity_id from {parquet} where {_IS_ERASED}"
        f" union select identity_id from raw.identity where {_IS_ERASED}",
        [list(files)],
    )
    return _detach(con, "select identity_id from temp.erased_identity")


def without_erased(table_name: str, source: str) -> str:
    """SQL for rows of a raw table that are about to be written, without those who are erased."""
    erased = "(select identity_id from temp.erased_identity)"
    if table_name == "identity":
        return f"(select * from {source} where identity_id not in {erased})"
    if table_name in ADDRESS_TABLES:
        return f"(select * from {source} where email_id not in {_ERASED})"
    if table_name in AUTHOR_TABLES:
        kept = "case when not exists (from raw.privacy_request where kind = 'erase') then authors end"
        return f"(select * replace ({kept} as authors) from {source})"
    if columns := PEOPLE_COLUMNS.get(table_name):
        values = (f"case when {name} not in {erased} then {name} end as {name}" for name in columns)
        return f"(select * replace ({', '.join(values)}) from {source})"
    return source


def note_requested(con: DuckDBPyConnection) -> None:
    """Note whom requests hold for, what the models join with them included, for `without_requested`."""
    con.execute(
        "create or replace temp table requested as select distinct address_id from raw.privacy_request"
    )
    if _is_built(con, "identity_merge"):
        con.execute(
            "insert into temp.requested with recursive edge as ("
            "select member_id as node, joined_to as other from core.identity_merge where not is_undone"
            " union all select joined_to, member_id from core.identity_merge where not is_undone),"
            " reached(node) as (select address_id from raw.privacy_request"
            " union select edge.other from reached join edge on edge.node = reached.node)"
            " select node from reached where node not in (select address_id from temp.requested)"
        )


def requested_digest(con: DuckDBPyConnection) -> str:
    """Digest of whom requests hold for, and of their identities; changes with every one that is found."""
    people = f"select identity_id from raw.identity where {_COVERED}"
    [(digest,)] = con.execute(
        "select md5(string_agg(id, ' ' order by id))"
        f" from (select address_id as id from {REQUESTED} union all {people}) where id is not null"
    ).fetchall()
    return str(digest)


def without_requested(table_name: str, source: str) -> str:
    """SQL for the rows of a raw table, without those who are erased or opted out; see `note_requested`."""
    requested = _REQUESTED_ADDRESSES
    if table_name == "identity":
        return f"(select * from {source} where not {_COVERED})"
    if table_name in ("forge_account", "forge_contributor"):
        return f"(select * from {source} where not ({_names_account(table_name, requested)}))"
    if table_name in AUTHOR_TABLES:
        return f"(select * replace (null as authors) from {source})"
    if columns := ACCOUNT_COLUMNS.get(table_name):
        values = (
            f"{_list_without(name, requested)} as {name}"
            if RAW_TABLES[table_name].schema.field(name).type == TEXTS
            else f"case when {name} not in {requested} then {name} end as {name}"
            for name in columns
        )
        return f"(select * replace ({', '.join(values)}) from {source})"
    if columns := PEOPLE_COLUMNS.get(table_name):
        people = f"(select identity_id from raw.identity where {_COVERED})"
        values = (f"case when {name} not in {people} then {name} end as {name}" for name in columns)
        return f"(select * replace ({', '.join(values)}) from {source})"
    return source


def request_privacy(con: DuckDBPyConnection, key: bytes, subject: str, kind: Kind, day: date) -> int:
    """Keep a request for all addresses of a person; returns how many identities it covers now.

    `subject` is an address, known or not, or the pseudonym of a person. Of an erased person all rows of
    `raw.identity` are deleted and commits, trailers and tags name nobody; models are not built.

    Raises:
        WarehouseError: nobody has this pseudonym, or the warehouse cannot be written.
    """
    addresses = _addresses(con, key, subject)
    try:
        with transaction(con):
            con.execute(
                "insert into raw.privacy_request select address, ?, ?, ?, ? from (select unnest(?::varchar[])"
                " as address) where (address, ?) not in (select (address_id, kind) from raw.privacy_request)",
                [kind, min(addresses), day, key_digest(key), sorted(addresses), kind],
            )
            changed = {"privacy_request"}
            covered = "from raw.identity where list_has_any([email_id, canonical_email_id], ?::varchar[])"
            [(identities,)] = con.execute(
                f"select count(distinct identity_id) {covered}", [sorted(addresses)]
            ).fetchall()
            if kind == "erase":
                con.execute("delete from meta.changed_key")  # it names identities that changed
                con.execute(f"create or replace temp table erased_identity as select identity_id {covered}",
                            [sorted(addresses)])  # fmt: skip
                changed |= _detach(con, "select identity_id from temp.erased_identity")
                con.execute("drop table temp.erased_identity")
                for table in ADDRESS_TABLES:
                    changed |= _delete_addresses(con, table, sorted(addresses))
                changed |= _forget_accounts(con) | _forget_authors(con)
            bump_versions(con, changed)
    except duckdb.Error as error:
        raise WarehouseError(f"nothing was changed: {error}") from error
    return int(identities)


def extend_requests(con: DuckDBPyConnection, found: Mapping[str, str]) -> None:
    """Let requests hold for accounts too that turn out to be those of their addresses, by their digests.

    Accounts of erased people are deleted. Everything happens in the caller's transaction.
    """
    if not found:
        return
    for account, address in found.items():
        con.execute(
            "insert into raw.privacy_request by name"
            " select distinct on (kind) request.* replace ($account as address_id)"
            " from raw.privacy_request as request where address_id = $address"
            " and kind not in (select kind from raw.privacy_request where address_id = $account)",
            {"account": account, "address": address},
        )
    bump_versions(con, {"privacy_request"} | _forget_accounts(con))


def withdraw_opt_out(con: DuckDBPyConnection, key: bytes, email: str) -> int:
    """Forget that the owner of an address opted out; returns how many addresses that was."""
    with transaction(con):
        [(withdrawn,)] = con.execute(
            "delete from raw.privacy_request where kind = 'opt-out' and request_id in"
            " (select request_id from raw.privacy_request where address_id = ?)",
            [address_id(key, email)],
        ).fetchall()
        bump_versions(con, {"privacy_request"})
    return int(withdrawn)


def check_key(con: DuckDBPyConnection, key: bytes) -> None:
    """Requests hold digests of one key only.

    Raises:
        WarehouseError: they were made under another key than the present one.
    """
    rows = con.execute("select count(*) from raw.privacy_request where key_digest <> ?", [key_digest(key)])
    [(lost,)] = rows.fetchall()
    if lost:
        raise WarehouseError(
            f"{lost} addresses were erased or opted out under another secret.key and would come back:"
            " restore that key, or make the requests again and delete the old rows of raw.privacy_request"
        )


def key_digest(key: bytes) -> str:
    """Tells keys apart without telling anything of them."""
    return hashlib.sha256(b"key of people: " + key).hexdigest()[:12]


def _addresses(con: DuckDBPyConnection, key: bytes, subject: str) -> set[str]:
    """Digests of all addresses of the person, as far as the models know them, and of the address itself."""
    named = address_id(key, subject) if "@" in subject else None
    found: set[str] = set()
    if _is_built(con, "identity"):
        rows = con.execute(
            "select email_id, canonical_email_id from core.identity where person_id in"
            " (select person_id from core.identity"
            " where person_id = ? or ? in (email_id, canonical_email_id))",
            [subject, named],
        ).fetchall()
        found = {address for row in rows for address in row if address is not None}
        accounts = con.execute(
            "select joined_to from core.identity_merge"
            " where rule = 'forge account' and member_id in (select unnest(?::varchar[]))"
            " union select account_id from core.account where person_id = ?",
            [sorted(found), subject],
        ).fetchall()
        found |= {account for (account,) in accounts}
    roster = con.execute(
        "select unnest([account_id, login_id]) from raw.roster"
        " where email_id in (select unnest(?::varchar[]))",
        [[*found, named]],
    ).fetchall()
    found |= {digest for (digest,) in roster if digest is not None}
    if named is None and not found:
        raise WarehouseError(f"nobody has the pseudonym {subject}; name an e-mail address instead")
    return found | ({named} if named is not None else set())


def _is_built(con: DuckDBPyConnection, table: str) -> bool:
    """Whether there is a model's table in schema `core`."""
    [(tables,)] = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'core' and table_name = ?", [table]
    ).fetchall()
    return bool(tables)


def _names_account(table: str, people: str) -> str:
    """SQL for whether a row of what forges tell of accounts is about one of `people`."""
    names = {"account_id", "login_id", "email_id"} & set(RAW_TABLES[table].schema.names)
    return " or ".join(f"coalesce({name} in {people}, false)" for name in sorted(names))


def _forget_accounts(con: DuckDBPyConnection) -> set[str]:
    """Delete accounts of erased people, and make what names them name nobody; returns what changed.

    What a crawl brings of them later, the crawl leaves out itself.
    """
    changed = set()
    for table, columns in ACCOUNT_COLUMNS.items():
        for name in columns:
            column = quote_name(name)
            is_list = RAW_TABLES[table].schema.field(name).type == TEXTS
            there = f"list_has_any({column}, {_ERASED_LIST})" if is_list else f"{column} in {_ERASED}"
            left = _list_without(column, _ERASED) if is_list else "null"
            update = f"update raw.{quote_name(table)} set {column} = {left} where {there}"
            if con.execute(update).fetchall() != [(0,)]:
                changed.add(table)
    for table in ("forge_account", "forge_contributor"):
        delete = f"delete from raw.{table} where {_names_account(table, _ERASED)}"
        if con.execute(delete).fetchall() != [(0,)]:
            changed.add(table)
    return changed


def _forget_authors(con: DuckDBPyConnection) -> set[str]:
    """Keep no authors of packages; returns the tables that changed."""
    return {
        table
        for table in AUTHOR_TABLES
        if con.execute(f"update raw.{table} set authors = null where authors is not null").fetchall()
        != [(0,)]
    }


def _list_without(column: str, people: str) -> str:
    """SQL for a list of digests without some."""
    kept = f"(select coalesce(list(one), []) from (select unnest({column}) as one) where one not in {people})"
    return f"case when {column} is not null then {kept} end"


def _detach(con: DuckDBPyConnection, identities: str) -> set[str]:
    """Delete identities, and make what names them name nobody; returns the tables that changed."""
    changed = set()
    for table, columns in PEOPLE_COLUMNS.items():
        for column in columns:
            update = f"update raw.{quote_name(table)} set {column} = null where {column} in ({identities})"
            if con.execute(update).fetchall() != [(0,)]:
                changed.add(table)
    if con.execute(f"delete from raw.identity where identity_id in ({identities})").fetchall() != [(0,)]:
        changed.add("identity")
    return changed


def _delete_addresses(con: DuckDBPyConnection, table: str, addresses: Sequence[str]) -> set[str]:
    done = con.execute(f"delete from raw.{quote_name(table)} where email_id in (select unnest(?::varchar[]))",
                       [list(addresses)]).fetchall()  # fmt: skip
    return {table} if done != [(0,)] else set()
