"""Put the rows of a test case into the raw tables of a warehouse."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.people import account_id, account_of_address, address_id, pseudonym
from warehouse.store.database import registered
from warehouse.store.schema import FORGE_ACCOUNTS, FORGE_TABLES, RAW_TABLES
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

KEY = b"the key of these tests"
_PERSONAL = ("author_name", "author_email", "mailmap")
_DIGESTS = {"email": "email_id", "owner_email": "owner_email_id", "address": "address_id"}


@cache
def _scoring() -> dict[str, pa.Table]:
    tables = load_taxonomy([DEFAULT_FOLDER])
    return {name: tables[name] for name in ("scoring", "verdict_condition")}


def insert_scoring(con: DuckDBPyConnection) -> None:
    """The scoring of the project's own taxonomy."""
    for name, table in _scoring().items():
        with registered(con, "given", table):
            con.execute(f'insert into raw."{name}" from given')


def insert_rows(con: DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Rows of a raw table, as a case of tests/fixtures/models names them.

    `author_email` and `author_name` of a commit, `mailmap` (the address that .mailmap gives) and `email` of a
    roster or statement stand for the digests of raw tables, and make the rows of raw.identity.
    """
    schema = RAW_TABLES[table].schema
    if table == "commit":
        people, rows = _split_people(rows)
        insert_rows(con, "identity", people)
    if table == "roster":
        names = ("account_id", "login_id")
        rows = [row | dict(zip(names, account_of_address(KEY, row["email"]), strict=True)) for row in rows]
    if table in FORGE_TABLES:
        rows = [_account_digests(table, row) for row in rows]
    if table in ("roster", "identity_statement", "privacy_request"):
        rows = [
            {_DIGESTS.get(k, k): address_id(KEY, v) if k in _DIGESTS else v for k, v in row.items()}
            for row in rows
        ]
    assert {column for row in rows for column in row} <= {*schema.names, "times"}, table
    filled = [
        {field.name: _given(copy.get(field.name), field.type) for field in schema}
        for row in rows
        for copy in _copies(row)
    ]
    with registered(con, "given", pa.Table.from_pylist(filled, schema)):
        con.execute(f'insert into raw."{table}" from given')


def _account_digests(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Digests in place of a forge's own ids of accounts."""
    forge = row.get("forge", "")
    found = {
        name: account_id(KEY, forge, value) if name in FORGE_ACCOUNTS and value is not None else value
        for name, value in row.items()
    }
    if table == "forge_account":
        login = pseudonym(KEY, "login", forge, row["login"].lower())
        found |= {"login_id": login, "email_id": address_id(KEY, row.get("email"))}
    return found


def _split_people(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The people of commits as rows of raw.identity, and the commits that name them."""
    people, commits = {}, []
    for row in rows:
        commit = {key: value for key, value in row.items() if key not in _PERSONAL}
        if row.get("author_email") is not None:
            email, name = row["author_email"], row.get("author_name") or ""
            mapped = row.get("mailmap")
            identity_id = pseudonym(KEY, name, email.strip().lower())
            people[row.get("repo_id"), identity_id] = {
                "repo_id": row.get("repo_id"),
                "identity_id": identity_id,
                "email_id": address_id(KEY, email),
                "canonical_email_id": address_id(KEY, mapped or email),
                "is_mapped": mapped is not None,
                "name": name,
                "email": email,
                "canonical_name": name,
                "canonical_email": mapped or email,
            }
            commit["author_id"] = identity_id
        commits.append(commit)
    return list(people.values()), commits


def _copies(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "times" not in row:
        yield dict(row)
    for number in range(1, row.get("times", 0) + 1):
        yield {**row, "sha": f"{row['sha']}-{number}"}


def _given(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, date) and kind != pa.date32():
        moment = datetime.combine(value, time(12), UTC)
        return moment if pa.types.is_timestamp(kind) else int(moment.timestamp())
    return value
