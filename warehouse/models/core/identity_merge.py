"""
description: >-
  Why names and addresses belong to one person: each row joins two of them by a rule, and is undone by naming
  its id under undone_merges in the workspace.
grain: one per rule and pair that it joins
key: [merge_id]
columns:
  merge_id: digest of rule and pair, the same in every run
  rule: >-
    e-mail (the same lower-cased address), .mailmap, forge account (the same numeric account id) or stated (in
    the workspace)
  member_id: identity of raw.identity, for e-mail and .mailmap; else digest of an address
  joined_to: digest of an address, or of an account for forge account
  repo_id: a repository whose .mailmap says so; null for other rules
  stated_on: day of the statement in the workspace; null for other rules
  is_undone: the workspace undoes it, or the statement is of a later day than the answers
formula: >-
  Name and address join the address that .mailmap gives, where one of the repositories has an entry for them,
  else their own. <id>+<login>@users.noreply.<forge> (GitLab: <id>-<login>) joins account <id>, also where
  a .mailmap gives another address for it, and <login>@users.noreply.<forge> or @noreply.<forge> too where
  exactly one id has used that login; the public address in the profile of an account joins it likewise.
source: gitmailmap(5); noreply addresses as GitHub, GitLab, Gitee and GitCode make them
edge_cases:
  - Names are never compared; equal ones are suggestions, core.identity_suggestion.
  - >-
    A .mailmap holds for the same name and address in every repository. Whoever writes one can join strangers:
    the row names the repository.
  - Strangers who share a placeholder address such as root@localhost are joined by it.
"""

# ruff: noqa: S608 - queries are made of the parts below

from collections import defaultdict
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.people import FORGE_ADDRESS, account_of_address

READS = ("raw.identity", "raw.identity_statement", "raw.roster", "raw.forge_account", "raw.undone_merge")

_STATED = """
    select distinct 'stated' as rule, email_id as member_id, owner_email_id as joined_to,
        cast(null as varchar) as repo_id, stated_on
    from raw.identity_statement
"""
_WRITTEN = """
    select
        case when mapped then '.mailmap' else 'e-mail' end as rule,
        identity_id as member_id,
        joined_to,
        case when mapped then min(repo_id) end as repo_id,
        cast(null as date) as stated_on
    from (
        select
            *,
            bool_or(is_mapped) over (partition by identity_id) as mapped,
            canonical_email_id as joined_to
        from raw.identity
    )
    where joined_to is not null and is_mapped = mapped
    group by identity_id, joined_to, mapped
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    accounts = _accounts(con, context.person_key)
    with_accounts = "select 'forge account', member_id, joined_to, null, null from accounts"
    con.register("accounts", accounts)
    try:
        return con.sql(
            f"""
            select
                left(sha256(rule || ' ' || member_id || ' ' || joined_to), 16) as merge_id,
                *,
                coalesce(stated_on > ?, false)
                    or left(sha256(rule || ' ' || member_id || ' ' || joined_to), 16)
                    in (select merge_id from raw.undone_merge) as is_undone
            from ({_WRITTEN} union all {_STATED} union all {with_accounts})
            """,
            params=[context.as_of],
        ).to_arrow_table()
    finally:
        con.unregister("accounts")


def _accounts(con: duckdb.DuckDBPyConnection, key: bytes) -> pa.Table:
    """Digest of each noreply address of a forge, after .mailmap, and of the account that it stands for."""
    rows = con.execute(
        """
        select canonical_email_id, canonical_email from raw.identity
        where regexp_full_match(lower(trim(canonical_email)), $pattern)
        union
        select canonical_email_id, email from raw.identity
        where is_mapped and canonical_email_id is not null and regexp_full_match(lower(trim(email)), $pattern)
        """,
        {"pattern": FORGE_ADDRESS},
    ).fetchall()
    found = {(email_id, *account_of_address(key, email)) for email_id, email in rows}
    declared = con.execute("select email_id, account_id, login_id from raw.roster where login_id is not null")
    found.update(declared.fetchall())
    accounts = defaultdict(set)
    for _, account, login in found:
        accounts[login].add(account)
    profiles = con.execute(
        "select account_id, login_id, email_id from raw.forge_account"
        " where kind is distinct from 'organization'"
    ).fetchall()
    pairs = {(email_id, account) for account, _, email_id in profiles if email_id is not None}
    for account, login, _ in profiles:
        accounts[login].add(account)
    for email_id, account, login in found:
        known = {account} if account else accounts[login] - {None}
        if len(known) == 1:
            pairs.add((email_id, *known))
    columns = tuple(zip(*sorted(pairs), strict=True)) if pairs else ((), ())
    schema = pa.schema([("member_id", pa.string()), ("joined_to", pa.string())])
    return pa.table({"member_id": columns[0], "joined_to": columns[1]}, schema=schema)
