"""Make a warehouse in memory of some scans, with the models that every run of a workspace has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.audit.vex import read_vex
from pipelines.errors import PipelineError
from pipelines.shard_files import rows_to_table
from pipelines.state import user_cache
from sbom.model import ScanResult
from warehouse.advisories.cache import put_advisories
from warehouse.model import Model
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_in_memory, registered
from warehouse.store.schema import RAW_TABLES

ANSWERS = (
    "core.crypto_verdict",
    "mart.component_freshness",
    "mart.exposure_path",
    "mart.fix_plan",
    "mart.licence_conflict",
    "mart.licence_coverage",
    "mart.risk_score",
)
"""The marts that an audit reads; the models that these read are built too."""

_OWNER = "subject"


def open_subjects(
    results: Mapping[str, ScanResult],
    advisories: Sequence[Path],
    vex_files: Iterable[Path],
    as_of: date,
    *,
    answers: Sequence[str] = ANSWERS,
    more: Mapping[str, pa.Table] | None = None,
) -> DuckDBPyConnection:
    """A warehouse in memory with some scans by repository id, advisories, and the answers about them.

    `more` are further raw tables by name.

    Raises:
        WarehouseError: a folder of advisories is missing, or none of its files can be read.
        PolicyError: a VEX file is wrong.
        PipelineError: a model could not be built.
    """
    con = open_in_memory()
    try:
        for repo_id, result in results.items():
            for name, table in _tables(repo_id, result).items():
                _insert(con, name, table)
        for name, table in (more or {}).items():
            _insert(con, name, table)
        _insert(con, "enterprise", _one_row("enterprise", {"enterprise_id": _OWNER, "kind": "enterprise"}))
        models = discover_models(wanted=answers)
        built = put_advisories(con, advisories, user_cache(), models)
        _insert(con, "vex_statement", read_vex(vex_files))
        _build(con, as_of, models, built)
    except BaseException:
        con.close()
        raise
    return con


def _tables(repo_id: str, result: ScanResult) -> Mapping[str, pa.Table]:
    same = {"repo_id": repo_id, "head_sha": result.commit, "scanner": "sbom"}
    now = datetime.now(UTC)
    repository = {
        "repo_id": repo_id,
        "enterprise_id": _OWNER,
        "host": "local",
        "name": result.name,
        "kind": "git" if result.commit else "folder",
        "head_sha": result.commit,
        "observed_at": now,
    }
    scan = {
        "repo_id": repo_id,
        "head_sha": result.commit,
        "scanner": "sbom",
        "status": "partial" if result.unknowns else "succeeded",
        "scanned_at": now,
    }
    return {
        "repository": _one_row("repository", repository),
        "repository_scan": _one_row("repository_scan", scan),
        "component": rows_to_table("component", result.components, same),
        "dependency": rows_to_table("dependency", result.dependencies, same),
        "declared_package": rows_to_table("declared_package", result.declared, same),
        "unknown": rows_to_table("unknown", result.unknowns, same),
    }


def _one_row(name: str, row: Mapping[str, Any]) -> pa.Table:
    schema = RAW_TABLES[name].schema
    return pa.Table.from_pylist([{column: row.get(column) for column in schema.names}], schema)


def _insert(con: DuckDBPyConnection, name: str, table: pa.Table) -> None:
    with registered(con, "given_rows", table):
        con.execute(f'insert into raw."{name}" by name from given_rows')


def _build(con: DuckDBPyConnection, as_of: date, models: Mapping[str, Model], built: frozenset[str]) -> None:
    for build in build_models(con, ModelContext(as_of, b"\0" * 32), models.keys() - built, models=models):
        if build.rows is None:
            raise PipelineError(f"{build.name}: {build.error}")
