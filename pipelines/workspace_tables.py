"""The workspace as raw tables: enterprises, domains, roster, repositories; algorithms and policies."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.audit.vex import read_vex
from pipelines.crawl.local import Repository
from pipelines.crawl.mirrors import MirrorRecord
from pipelines.settings import Settings
from sbom.crypto.algorithms import catalogue
from sbom.crypto.policy import Policy, policy_tables
from warehouse.people import account_of_address, address_id
from warehouse.store.schema import RAW_TABLES


def workspace_tables(
    settings: Settings,
    repositories: Iterable[Repository],
    person_key: bytes,
    vex_files: Iterable[Path] = (),
    policies: Iterable[Policy] = (),
    *,
    mirrors: Iterable[MirrorRecord] = (),
) -> dict[str, pa.Table]:
    """Tables by name, with exactly the schemas of `warehouse.store.schema`.

    People are named by digests with `person_key`; their addresses stay in the workspace file.

    Raises:
        PolicyError: a VEX file is wrong.
    """
    rows: dict[str, list[dict[str, Any]]] = {
        "enterprise": [
            {
                "enterprise_id": owner.id,
                "name_zh": owner.name.zh or owner.name.en or owner.id,
                "name_en": owner.name.en or owner.name.zh or owner.id,
                "kind": owner.kind,
                "district": owner.district,
                "park": owner.park,
            }
            for owner in settings.owners
        ],
        "enterprise_domain": [
            {"enterprise_id": owner.id, "domain": domain}
            for owner in settings.owners
            for domain in sorted({domain.lower() for domain in owner.domains})
        ],
        "roster": [
            {
                "email_id": address_id(person_key, entry.email),
                **dict(
                    zip(("account_id", "login_id"), account_of_address(person_key, entry.email), strict=True)
                ),
                "enterprise_id": entry.enterprise,
                "valid_from": entry.valid_from,
                "valid_to": entry.valid_to,
            }
            for entry in settings.roster
        ],
        "identity_statement": [
            {
                "email_id": address_id(person_key, email),
                "owner_email_id": address_id(person_key, entry.emails[0]),
                "stated_on": entry.on,
                "stated_by": entry.by,
                "statement": f"identities[{number}]",
            }
            for number, entry in enumerate(settings.identities)
            for email in entry.emails[1:]
        ],
        "undone_merge": [{"merge_id": merge_id} for merge_id in sorted(set(settings.undone_merges))],
        "entered_indicator": [
            {
                "subject_kind": entry.subject.partition(":")[0],
                "subject": entry.subject.partition(":")[2] or None,
                "name": entry.name,
                "value": float(entry.value),
                "unit": entry.unit,
                "as_of": entry.as_of,
                "signed_by": entry.signed_by,
                "source": entry.source,
            }
            for entry in settings.indicators
        ],
        "repository": [
            {
                "repo_id": repository.repo_id,
                "enterprise_id": repository.enterprise_id,
                "host": repository.host,
                "name": repository.name,
                "location": repository.location,
                "kind": repository.kind,
                "head_sha": repository.head_sha,
                "is_shallow": repository.is_shallow,
                "observed_at": repository.observed_at,
            }
            for repository in repositories
        ],
        "mirror": [
            asdict(mirror)
            | {name: _moment(getattr(mirror, name)) for name in ("attempted_at", "succeeded_at")}
            for mirror in mirrors
        ],
        "crypto_algorithm": [asdict(row) for row in catalogue()],
        **policy_tables(list(policies)),
    }
    tables = {name: pa.Table.from_pylist(table, RAW_TABLES[name].schema) for name, table in rows.items()}
    return tables | {"vex_statement": read_vex(vex_files)}


def _moment(stated: str | None) -> datetime | None:
    return None if stated is None else datetime.fromisoformat(stated)


def keep_observation_times(con: DuckDBPyConnection, repositories: pa.Table) -> pa.Table:
    """Give rows that are otherwise as in `raw.repository` the time at which they were first observed so.

    A new time in every run would make every model stale that reads the table.
    """
    facts = [name for name in repositories.column_names if name != "observed_at"]
    known = {
        tuple(row[name] for name in facts): row["observed_at"]
        for row in con.sql("from raw.repository").to_arrow_table().to_pylist()
    }
    times = [known.get(tuple(row[n] for n in facts), row["observed_at"]) for row in repositories.to_pylist()]
    field = repositories.schema.field("observed_at")
    return repositories.set_column(
        repositories.schema.get_field_index("observed_at"), field, pa.array(times, field.type)
    )
