"""Requests of people who are not to be observed: to be erased for good, or to be left out.

Requests are kept as keyed digests of addresses in `raw.privacy_request`, and are never published.
`warehouse.store.erasure` keeps erased people out of what is written, `warehouse.store.withheld` both out of
what is published.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Literal

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.people import address_id
from warehouse.store.database import is_built, transaction
from warehouse.store.erasure import detach, forget_accounts, forget_addresses, forget_authors
from warehouse.store.people_rows import ADDRESS_TABLES
from warehouse.store.table_versions import bump_versions

Kind = Literal["erase", "opt-out"]


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
                changed |= detach(con, "select identity_id from temp.erased_identity")
                con.execute("drop table temp.erased_identity")
                for table in ADDRESS_TABLES:
                    changed |= forget_addresses(con, table, sorted(addresses))
                changed |= forget_accounts(con) | forget_authors(con)
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
    bump_versions(con, {"privacy_request"} | forget_accounts(con))


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
    if is_built(con, "identity"):
        rows = con.execute(
            "select email_id, canonical_email_id from core.identity where person_id in"
            " (select person_id from core.identity"
            " where person_id = ? or ? in (email_id, canonical_email_id))",
            [subject, named],
        ).fetchall()
        found = {address for row in rows for address in row if address is not None}
        accounts = con.execute(
            "select joined_to from core.identity_merge"
            " where rule = 'forge account' and not is_undone and member_id in (select unnest(?::varchar[]))"
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
