"""The raw tables: the one place where their columns are declared, one module per kind of fact.

Every column carries its description, which becomes the table's `COMMENT` and the data dictionary. Repository
facts are replaced per `repo_id`; `REPOSITORY_FACTS` lists the tables for which that holds. Workspace,
taxonomy, advisory and registry tables are replaced whole at each run. What forges tell is upserted by
`FORGE_KEYS`.
"""

from warehouse.store.schema import (
    advisories,
    crypto,
    events,
    forge,
    history,
    privacy,
    registry,
    scan,
    taxonomy,
    vex,
    workspace,
)
from warehouse.store.schema.columns import Table

__all__ = [
    "ADVISORY_TABLES",
    "EVENT_KEYS",
    "EVENT_TABLES",
    "FORGE_ACCOUNTS",
    "FORGE_DETAILS",
    "FORGE_KEYS",
    "FORGE_TABLES",
    "PRIVACY_TABLES",
    "RAW_TABLES",
    "REGISTRY_TABLES",
    "REPOSITORY_FACTS",
    "TAXONOMY_TABLES",
    "WORKSPACE_TABLES",
    "Table",
]


def _names(tables: tuple[Table, ...]) -> tuple[str, ...]:
    return tuple(table.name for table in tables)


RAW_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *workspace.TABLES,
        *vex.TABLES,
        *crypto.CATALOGUE_TABLES,
        *crypto.POLICY_TABLES,
        *scan.TABLES,
        *crypto.TABLES,
        *history.TABLES,
        *privacy.TABLES,
        *taxonomy.TABLES,
        *advisories.TABLES,
        *forge.TABLES,
        *registry.TABLES,
        *events.TABLES,
    )
}

REPOSITORY_FACTS = _names(scan.TABLES + crypto.TABLES + history.TABLES)
"""Tables whose rows of one repository are replaced together."""

WORKSPACE_TABLES = _names(workspace.TABLES + vex.TABLES + crypto.CATALOGUE_TABLES + crypto.POLICY_TABLES)
TAXONOMY_TABLES = _names(taxonomy.TABLES)
ADVISORY_TABLES = _names(advisories.TABLES)
FORGE_TABLES = _names(forge.TABLES)
FORGE_KEYS = forge.KEYS
FORGE_DETAILS = forge.DETAILS
REGISTRY_TABLES = _names(registry.TABLES)
EVENT_TABLES = _names(events.TABLES)
EVENT_KEYS = events.KEYS
PRIVACY_TABLES = _names(privacy.TABLES)
"""Tables that hold what people asked for; only `warehouse.store.privacy` writes them."""
FORGE_ACCOUNTS = forge.ACCOUNTS
