"""
description: Which person stands behind a name and address, as a pseudonym.
grain: one per name with an address; one per address that only the workspace names
key: [identity_id, email_id]
columns:
  identity_id: name and address, as in raw.identity; null for an address that only the workspace names
  email_id: digest of the address as written; null if it is empty
  canonical_email_id: the same of the address after .mailmap
  person_id: pseudonym; null where there is no address
  rules: rules of core.identity_merge that join what is known of the person, in text order
  is_bot: a program, by the patterns of bots.yaml
  employer_domains: >-
    personal; domain of the address and the domains above it, as far as somebody can register them; of the
    address after .mailmap where the one as written cannot tell an employer; null if neither can
formula: >-
  People are the connected components of core.identity_merge without what is undone. person_id is the smallest
  digest of an account in the component, else of an address; digests are the first 32 hexadecimal digits of
  HMAC-SHA256 with the warehouse's key.
source: RFC 2104; Public Suffix List; the free-mail, noreply and placeholder domains of mail_domains.yaml
edge_cases:
  - People who opted out have no row, and erased ones not even in raw.identity.
  - An address is a program's if it matches, or if every name that was used with it does.
  - A new merge can give a person the pseudonym of another address.
"""

# ruff: noqa: S608 - queries are made of the parts below

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from warehouse.models.core.bots import bot_patterns
from warehouse.models.core.employer_domains import employer_domains

READS = (
    "raw.identity",
    "raw.identity_statement",
    "raw.privacy_request",
    "raw.roster",
    "core.identity_merge",
)
DATA = ("bots.yaml", "mail_domains.yaml")

_EDGES = "select rule, member_id, joined_to from core.identity_merge where not is_undone"
_NODES = """
    select member_id as node, 2 as rank from core.identity_merge where rule in ('e-mail', '.mailmap')
    union
    select joined_to, case when rule = 'forge account' then 0 else 1 end from core.identity_merge
    union
    select member_id, 1 from core.identity_merge where rule in ('forge account', 'stated')
    union
    select email_id, 1 from raw.roster
"""
_RESULT = """
    with named as (
        select
            identity_id,
            any_value(email_id) as email_id,
            coalesce(max(canonical_email_id) filter (where is_mapped), any_value(email_id))
                as canonical_email_id,
            lower(trim(any_value(email))) as email,
            lower(trim(coalesce(arg_max(canonical_email, canonical_email_id) filter (where is_mapped),
                any_value(email)))) as canonical_email
        from raw.identity
        group by identity_id
        union all
        select null, email_id, email_id, null, null
        from (select email_id from raw.roster union select email_id from raw.identity_statement
            union select owner_email_id from raw.identity_statement)
        where email_id not in (select email_id from raw.identity where email_id is not null)
    ),
    requested as (
        select component from node join raw.privacy_request on address_id = node.node
    )
    select
        named.identity_id,
        named.email_id,
        named.canonical_email_id,
        component.person_id,
        coalesce(component.rules, []) as rules,
        coalesce(bot.is_bot, false) as is_bot,
        coalesce(written.suffixes, mapped.suffixes) as employer_domains
    from named
    left join node on node.node = coalesce(named.identity_id, named.email_id)
    left join component using (component)
    left join bot on bot.email_id = named.email_id
    left join domain as written on written.domain = regexp_extract(named.email, '@([^@]+)$', 1)
    left join domain as mapped on mapped.domain = regexp_extract(named.canonical_email, '@([^@]+)$', 1)
    where node.component is null or node.component not in (select component from requested)
"""
_BOTS = """
    select
        email_id,
        regexp_full_match(trim(any_value(email)), $emails, 'i')
            or bool_and(regexp_full_match(canonical_name, $names, 'i')) as is_bot
    from raw.identity
    where email_id is not null
    group by email_id
"""


def build(con: duckdb.DuckDBPyConnection, _context: Any) -> pa.Table:
    tables = {
        "node": _components(con),
        "bot": _bots(con),
        "domain": employer_domains(
            con, "select email from raw.identity union all select canonical_email from raw.identity"
        ),
    }
    for name, table in tables.items():
        con.register(name, table)
    con.register(
        "component",
        con.sql(
            f"""
            select
                component,
                arg_min(node, {{'rank': rank, 'node': node}}) as person_id,
                any_value(rules) as rules
            from node
            left join (
                select component, list_sort(list(distinct rule)) as rules
                from ({_EDGES}) join node on node.node = member_id group by component
            ) using (component)
            group by component
            """
        ).to_arrow_table(),
    )
    try:
        return con.sql(_RESULT).to_arrow_table()
    finally:
        for name in (*tables, "component"):
            con.unregister(name)


def _components(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Identities, addresses and accounts with the number of their component."""
    nodes = con.sql(f"select node, min(rank) as rank from ({_NODES}) group by node").to_arrow_table()
    numbered = nodes.append_column("number", pa.array(np.arange(nodes.num_rows)))
    con.register("numbered", numbered)
    try:
        edges = con.sql(
            f"""
            select member.number as source, target.number as target
            from ({_EDGES}) as edge
            join numbered as member on member.node = edge.member_id
            join numbered as target on target.node = edge.joined_to
            """
        ).to_arrow_table()
    finally:
        con.unregister("numbered")
    count = nodes.num_rows
    pairs = edges["source"].to_numpy(), edges["target"].to_numpy()
    graph = coo_array((np.ones(edges.num_rows, np.int8), pairs), shape=(count, count))
    labels = connected_components(graph, directed=False)[1] if count else np.zeros(0, np.int32)
    return nodes.append_column("component", pa.array(labels))


def _bots(con: duckdb.DuckDBPyConnection) -> pa.Table:
    return con.sql(_BOTS, params=bot_patterns()).to_arrow_table()
