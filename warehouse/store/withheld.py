"""What the published copy leaves out: who is erased or opted out, and all that is joined with them."""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone

from duckdb import DuckDBPyConnection

from warehouse.models.core.joined_people import joined_with
from warehouse.store.database import is_built
from warehouse.store.people_rows import (
    ACCOUNT_COLUMNS,
    ACCOUNT_TABLES,
    AUTHOR_TABLES,
    PEOPLE_COLUMNS,
    is_list_of_accounts,
    list_without,
    names_account,
)

REQUESTED = "temp.requested"
"""Whom requests hold for while the warehouse is published."""
_REQUESTED_ADDRESSES = f"(select address_id from {REQUESTED})"
_COVERED = (
    f"(identity_id in {_REQUESTED_ADDRESSES} or coalesce(email_id in {_REQUESTED_ADDRESSES}, false)"
    f" or coalesce(canonical_email_id in {_REQUESTED_ADDRESSES}, false))"
)


def note_requested(con: DuckDBPyConnection) -> None:
    """Note whom requests hold for, what the models join with them included, for `without_requested`."""
    con.execute(
        "create or replace temp table requested as select distinct address_id from raw.privacy_request"
    )
    if is_built(con, "identity_merge"):
        joined = joined_with("select address_id from raw.privacy_request")
        con.execute(f"insert into temp.requested from ({joined}) where node not in (from temp.requested)")


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
    if table_name in ACCOUNT_TABLES:
        return f"(select * from {source} where not ({names_account(table_name, requested)}))"
    if table_name in AUTHOR_TABLES:
        return f"(select * replace (null as authors) from {source})"
    if columns := ACCOUNT_COLUMNS.get(table_name):
        values = (
            f"{list_without(name, requested)} as {name}"
            if is_list_of_accounts(table_name, name)
            else f"case when {name} not in {requested} then {name} end as {name}"
            for name in columns
        )
        return f"(select * replace ({', '.join(values)}) from {source})"
    if columns := PEOPLE_COLUMNS.get(table_name):
        people = f"(select identity_id from raw.identity where {_COVERED})"
        values = (f"case when {name} not in {people} then {name} end as {name}" for name in columns)
        return f"(select * replace ({', '.join(values)}) from {source})"
    return source
