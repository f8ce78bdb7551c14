"""Rows of erased people: deleted once, and kept out of what is written later.

What a scan brings of an erased person is dropped before it is written, so that nobody comes back with the
next crawl. DuckDB keeps the bytes of deleted rows in free blocks; `warehouse.store.rewrite` leaves them
behind.
"""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone, values are parameters

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from warehouse.store.database import quote_name
from warehouse.store.people_rows import (
    ACCOUNT_COLUMNS,
    ACCOUNT_TABLES,
    ADDRESS_TABLES,
    AUTHOR_TABLES,
    PEOPLE_COLUMNS,
    is_list_of_accounts,
    list_without,
    names_account,
)

_ERASED = "(select address_id from raw.privacy_request where kind = 'erase')"
_ERASED_LIST = "(select list(address_id) from raw.privacy_request where kind = 'erase')"
_IS_ERASED = f"coalesce(email_id in {_ERASED} or canonical_email_id in {_ERASED}, false)"


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
    return detach(con, "select identity_id from temp.erased_identity")


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


def forget_accounts(con: DuckDBPyConnection) -> set[str]:
    """Delete accounts of erased people, and make what names them name nobody; returns what changed.

    What a crawl brings of them later, the crawl leaves out itself.
    """
    changed = set()
    for table, columns in ACCOUNT_COLUMNS.items():
        for name in columns:
            column = quote_name(name)
            is_list = is_list_of_accounts(table, name)
            there = f"list_has_any({column}, {_ERASED_LIST})" if is_list else f"{column} in {_ERASED}"
            left = list_without(column, _ERASED) if is_list else "null"
            update = f"update raw.{quote_name(table)} set {column} = {left} where {there}"
            if con.execute(update).fetchall() != [(0,)]:
                changed.add(table)
    for table in ACCOUNT_TABLES:
        delete = f"delete from raw.{table} where {names_account(table, _ERASED)}"
        if con.execute(delete).fetchall() != [(0,)]:
            changed.add(table)
    return changed


def forget_authors(con: DuckDBPyConnection) -> set[str]:
    """Keep no authors of packages; returns the tables that changed."""
    return {
        table
        for table in AUTHOR_TABLES
        if con.execute(f"update raw.{table} set authors = null where authors is not null").fetchall()
        != [(0,)]
    }


def detach(con: DuckDBPyConnection, identities: str) -> set[str]:
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


def forget_addresses(con: DuckDBPyConnection, table: str, addresses: Sequence[str]) -> set[str]:
    """Delete rows of a table of `ADDRESS_TABLES` about some addresses; returns the table if it changed."""
    done = con.execute(f"delete from raw.{quote_name(table)} where email_id in (select unnest(?::varchar[]))",
                       [list(addresses)]).fetchall()  # fmt: skip
    return {table} if done != [(0,)] else set()
