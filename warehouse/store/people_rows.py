"""Where raw tables name people: by names with addresses, addresses or accounts, or as authors of packages."""

from warehouse.store.schema import EVENT_TABLES, FORGE_ACCOUNTS, FORGE_TABLES, RAW_TABLES
from warehouse.store.schema.columns import TEXTS

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
ACCOUNT_TABLES = ("forge_account", "forge_contributor")
"""Raw tables whose rows are about accounts themselves."""
ACCOUNT_COLUMNS = {
    name: columns
    for name in FORGE_TABLES + EVENT_TABLES
    if name not in ACCOUNT_TABLES
    and (columns := tuple(c for c in RAW_TABLES[name].schema.names if c in FORGE_ACCOUNTS))
}
"""Columns of what forges tell that name accounts by their digest, alone or in lists."""


def names_account(table: str, people: str) -> str:
    """SQL for whether a row of what forges tell of accounts is about one of `people`."""
    names = {"account_id", "login_id", "email_id"} & set(RAW_TABLES[table].schema.names)
    return " or ".join(f"coalesce({name} in {people}, false)" for name in sorted(names))


def is_list_of_accounts(table: str, column: str) -> bool:
    """Whether a column of `ACCOUNT_COLUMNS` names several accounts."""
    return bool(RAW_TABLES[table].schema.field(column).type == TEXTS)


def list_without(column: str, people: str) -> str:
    """SQL for a list of digests without some."""
    rest = f"(select unnest({column}) as one) where one not in {people}"
    kept = f"(select coalesce(list(one), []) from {rest})"  # noqa: S608 - a column of ours
    return f"case when {column} is not null then {kept} end"
