"""
description: Which person an account of a forge is, as a pseudonym.
grain: one per account
key: [account_id]
columns:
  forge: host of the forge
  account_id: digest of the account, as in raw.forge_account
  person_id: >-
    pseudonym, as in core.identity where the account shares an address with commits; null for organisations,
    and for people who opted out or are erased
  is_bot: >-
    the forge says so, its login or public address matches bots.yaml, or the addresses that it commits under
    are a program's; organisations are none
  email_id: digest of the public address; null if there is none or person_id is null
  employer_domains: >-
    personal; domain of the public address and the domains above it, as far as somebody can register them;
    null if it cannot tell an employer or person_id is null
formula: >-
  The person whom core.identity_merge joins with the account, else the digest of the account itself.
source: types of accounts as the forges tell them; bots.yaml; Public Suffix List; mail_domains.yaml
edge_cases:
  - An account without a public address that never committed under its noreply address is a person of its own.
  - >-
    A request to opt out holds for every account that core.identity_merge joins with one of the person's
    addresses, whenever the forge told of it.
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.core.bots import bot_patterns
from warehouse.models.core.employer_domains import employer_domains
from warehouse.models.core.joined_people import joined_with

READS = ("core.identity", "core.identity_merge", "raw.forge_account", "raw.privacy_request")
DATA = ("bots.yaml", "mail_domains.yaml")

_RESULT = f"""
with requested as ({joined_with("select address_id from raw.privacy_request")}),
joined as (
    select
        merge.joined_to as account_id,
        min(identity.person_id) as person_id,
        bool_and(identity.is_bot) as is_bot
    from core.identity_merge as merge
    join core.identity as identity on merge.member_id in (identity.email_id, identity.canonical_email_id)
    where merge.rule = 'forge account' and not merge.is_undone
    group by merge.joined_to
),
person as (
    select
        account.account_id,
        case
            when account.kind = 'organization' then null
            when account.account_id in (select node from requested) then null
            when account.login_id in (select node from requested) then null
            when account.email_id in (select node from requested) then null
            else coalesce(joined.person_id, account.account_id)
        end as person_id
    from raw.forge_account as account
    left join joined on joined.account_id = account.account_id
)
select
    account.forge,
    account.account_id,
    person.person_id,
    coalesce(account.kind, '') <> 'organization' and (coalesce(account.kind = 'bot', false)
        or coalesce(regexp_full_match(account.login, $names, 'i'), false)
        or coalesce(regexp_full_match(trim(account.email), $emails, 'i'), false)
        or coalesce(joined.is_bot, false)) as is_bot,
    case when person.person_id is not null then account.email_id end as email_id,
    case when person.person_id is not null then domain.suffixes end as employer_domains
from raw.forge_account as account
join person using (account_id)
left join joined on joined.account_id = account.account_id
left join domain on domain.domain = regexp_extract(lower(trim(account.email)), '@([^@]+)$', 1)
"""  # noqa: S608 - queries of ours


def build(con: duckdb.DuckDBPyConnection, _context: Any) -> pa.Table:
    con.register("domain", employer_domains(con, "select email from raw.forge_account"))
    try:
        return con.sql(_RESULT, params=bot_patterns()).to_arrow_table()
    finally:
        con.unregister("domain")
