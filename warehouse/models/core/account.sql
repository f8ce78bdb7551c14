/*
description: Which person an account of a forge is, as a pseudonym.
grain: one per account
key: [account_id]
columns:
  forge: host of the forge
  account_id: digest of the account, as in raw.forge_account
  person_id: >-
    pseudonym, as in core.identity where the account shares an address with commits; null for organisations, and
    for people who opted out or are erased
  is_bot: the forge says so, the login ends in [bot], or its addresses are a program's
formula: >-
  The person whom core.identity_merge joins with the account, else the digest of the account itself.
source: types of accounts as the forges tell them
edge_cases:
  - An account without a public address that never committed under its noreply address is a person of its own.
*/
with joined as (
    select merge.joined_to as account_id, min(identity.person_id) as person_id, bool_and(identity.is_bot) as is_bot
    from core.identity_merge as merge
    join core.identity on merge.member_id in (identity.email_id, identity.canonical_email_id)
    where merge.rule = 'forge account' and not merge.is_undone
    group by merge.joined_to
),
requested as (
    select address_id from raw.privacy_request
)
select
    account.forge,
    account.account_id,
    case
        when account.kind = 'organization' then null
        when account.account_id in (from requested) then null
        when coalesce(account.email_id in (from requested), false) then null
        else coalesce(joined.person_id, account.account_id)
    end as person_id,
    coalesce(account.kind = 'bot', false)
        or coalesce(ends_with(account.login, '[bot]'), false)
        or coalesce(joined.is_bot, false) as is_bot
from raw.forge_account as account
left join joined on joined.account_id = account.account_id
