"""
description: Which person an account of a forge is, as a pseudonym.
grain: one per forge and account
key: [forge, account_id]
columns:
  forge: host of the forge
  account_id: personal; the forge's numeric id
  person_id: >-
    pseudonym, as in core.identity where the account shares an address with commits; null for organisations,
    and
    for people who opted out or are erased
  is_bot: the forge says so, the login ends in [bot], or its addresses are a program's
formula: >-
  The person whom core.identity_merge joins with the account, else the digest of forge and account id.
source: types of accounts as the forges tell them
edge_cases:
  - An account without a public address that never committed under its noreply address is a person of its own.
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.people import account_id, address_id

READS = ("raw.forge_account", "raw.privacy_request", "core.identity", "core.identity_merge")

_RESULT = """
with joined as (
    select merge.joined_to as node, min(identity.person_id) as person_id, bool_and(identity.is_bot) as is_bot
    from core.identity_merge as merge
    join core.identity on merge.member_id in (identity.email_id, identity.canonical_email_id)
    where merge.rule = 'forge account' and not merge.is_undone
    group by merge.joined_to
),
requested as (
    select address_id from raw.privacy_request
)
select
    digest.forge,
    digest.account_id,
    case
        when digest.kind is not distinct from 'organization' then null
        when digest.node in (from requested) or coalesce(digest.email_id in (from requested), false) then null
        else coalesce(joined.person_id, digest.node)
    end as person_id,
    coalesce(digest.kind = 'bot', false)
        or coalesce(ends_with(digest.login, '[bot]'), false)
        or coalesce(joined.is_bot, false) as is_bot
from digest
left join joined on joined.node = digest.node
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    key = context.person_key
    accounts = con.sql("select forge, account_id, kind, login, email from raw.forge_account").to_arrow_table()
    forges, ids = accounts["forge"].to_pylist(), accounts["account_id"].to_pylist()
    nodes = [account_id(key, forge, str(number)) for forge, number in zip(forges, ids, strict=True)]
    emails = [address_id(key, email) for email in accounts["email"].to_pylist()]
    digest = accounts.drop_columns("email").append_column("node", pa.array(nodes, pa.string()))
    con.register("digest", digest.append_column("email_id", pa.array(emails, pa.string())))
    try:
        return con.sql(_RESULT).to_arrow_table()
    finally:
        con.unregister("digest")
