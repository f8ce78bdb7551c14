"""Bring the tables of registry facts up to the records in the state folder."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from pipelines.crawl.registry.store import Record, list_records, read_record
from pipelines.crawl.repository_id import canonical_remote
from pipelines.progress import Progress
from sbom.lockfiles.origins import without_credentials
from warehouse.store.load import replace_tables
from warehouse.store.schema import RAW_TABLES, REGISTRY_TABLES
from warehouse.store.sources import record_digest, recorded_digest

_SOURCE = "registries"
_SECOND = 1_000_000


def refresh_registries(con: DuckDBPyConnection, folder: Path, progress: Progress) -> frozenset[str]:
    """Read the records if any of them changed since the last time; returns the tables that changed.

    A damaged record is noted and left out: its package counts as never asked for.

    Raises:
        WarehouseError: the tables cannot be written.
    """
    files = list(list_records(folder))
    digest = _digest(files)
    if recorded_digest(con, _SOURCE) == digest:
        return frozenset()
    progress.begin("registries", len(files))
    parts = []
    for file in files:
        record = read_record(file)
        try:
            parts.append(registry_tables([] if record is None else [record]))
        except (pa.ArrowException, KeyError, TypeError, ValueError, AttributeError):
            record = None
        if record is None:
            progress.note(f"{file}: damaged; `chainatlas registries update` brings it again")
        progress.advance()
    tables = {
        name: pa.concat_tables([_schema(name).empty_table(), *(part[name] for part in parts)])
        for name in REGISTRY_TABLES
    }
    changed = replace_tables(con, tables)
    record_digest(con, _SOURCE, digest)
    return changed


def registry_tables(records: Sequence[Record]) -> dict[str, pa.Table]:
    """Records as `raw.package` and `raw.package_release`."""
    packages = pa.Table.from_pylist([_package_row(record) for record in records], _schema("package"))
    told = [record for record in records if record.releases]
    columns: dict[str, list[Any]] = {name: [] for name in _schema("package_release").names}
    for record in told:
        assert record.releases is not None
        columns["purl"] += [record.purl] * len(record.releases["version"])
        for name in columns.keys() - {"purl"}:
            columns[name] += record.releases[name]
    schema = _schema("package_release")
    arrays = [_array(columns[field.name], field.type) for field in schema]
    return {"package": packages, "package_release": pa.Table.from_arrays(arrays, schema=schema)}


def _package_row(record: Record) -> dict[str, Any]:
    facts = record.facts or {}
    address = facts.get("repository_url")
    return facts | {
        "purl": record.purl,
        "type": record.type,
        "namespace": record.namespace,
        "name": record.name,
        "registry": record.registry,
        "status": record.status,
        "error": record.error,
        "checked_at": record.checked,
        "read_at": None if record.read_at is None else record.checked.fromisoformat(record.read_at),
        "repository_url": without_credentials(address) if address else None,
        "source_repo_id": source_repository(address) if address else None,
        "reader": record.reader,
    }


def source_repository(address: str) -> str | None:
    """`host/owner/name` of a stated source address, which may point at a folder or page of the repository."""
    plain = address.removeprefix("git+").removeprefix("scm:").partition("#")[0]
    found = canonical_remote(plain)
    if found is None:
        return None
    host, *path = found.split("/")
    for marker in ("-", "tree", "blob", "issues"):
        if marker in path[2:]:
            path = path[: path.index(marker, 2)]
    if host in ("github.com", "gitee.com", "bitbucket.org", "codeberg.org", "gitcode.com", "atomgit.com"):
        path = path[:2]
    return "/".join([host, *path[:-1], path[-1].removesuffix(".git")]) if len(path) > 1 else None


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return pc.multiply(pa.array(values, pa.int64()), _SECOND).cast(kind)
    return pa.array(values, kind)


def _schema(name: str) -> pa.Schema:
    return RAW_TABLES[name].schema


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256(version("chainatlas").encode())
    for file in files:
        status = file.stat()
        digest.update(f"{file.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
