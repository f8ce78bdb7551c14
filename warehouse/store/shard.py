"""Shards: what a scan worker leaves behind for the warehouse, one folder per repository and scanner.

    shard.json                {"repo_id": …, "scanner": "sbom" | "crypto" | "history", "mode": …}, see `Mode`
    <raw table>.parquet       exactly the columns of `warehouse.store.schema`; absent if without rows
    vanished_commit.parquet   (repo_id, sha), history only: commits that HEAD no longer reaches

A worker writes the folder under another name and renames it when it is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, StringConstraints, ValidationError

from warehouse.errors import WarehouseError
from warehouse.store.schema import RAW_TABLES

Scanner = Literal["sbom", "crypto", "history"]
Mode = Literal["replace", "append", "failed"]
"""`failed` holds the scan row alone: what an earlier scan found stays, as of its own commit."""

SCANNER_TABLES: dict[Scanner, tuple[str, ...]] = {
    "sbom": (
        "component",
        "dependency",
        "declared_package",
        "licence_file",
        "platform_marker",
        "snapshot",
        "snapshot_component",
    ),
    "crypto": ("crypto_occurrence", "certificate", "key_material"),
    "history": ("commit", "commit_language", "commit_folder", "commit_trailer", "identity", "tag"),
}
"""Tables that belong to one scanner alone."""
SHARED_TABLES = ("repository_scan", "unknown")
"""Tables that every scanner fills; their column `scanner` says whose row it is."""
VANISHED = "vanished_commit"
_VANISHED_SCHEMA = pa.schema([("repo_id", pa.string()), ("sha", pa.string())])


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard that may be loaded."""

    path: Path
    repo_id: str
    scanner: Scanner
    mode: Mode
    files: Mapping[str, Path]
    """Parquet file by table name."""


class _Description(BaseModel):
    repo_id: Annotated[str, StringConstraints(min_length=1)]
    scanner: Scanner
    mode: Mode


def read_shard(path: Path) -> Shard:
    """Check a shard without reading its rows. Raises `WarehouseError` with the reason if it is refused."""
    try:
        description = _Description.model_validate_json((path / "shard.json").read_bytes())
        files = {file.stem: file for file in sorted(path.iterdir()) if file.name != "shard.json"}
    except OSError as error:
        raise WarehouseError(f"incomplete: {error.filename}: {error.strerror}") from error
    except ValidationError as error:
        faults = (": ".join([*map(str, e["loc"]), e["msg"]]) for e in error.errors())
        raise WarehouseError(f"shard.json: {'; '.join(faults)}") from error
    if description.mode == "append" and description.scanner != "history":
        raise WarehouseError("shard.json: only history can be appended to")
    schemas = {name: RAW_TABLES[name].schema for name in SCANNER_TABLES[description.scanner] + SHARED_TABLES}
    if description.scanner == "history":
        schemas[VANISHED] = _VANISHED_SCHEMA
    if description.mode == "failed":
        schemas = {"repository_scan": schemas["repository_scan"]}
    for name, file in files.items():
        if name not in schemas or file.suffix != ".parquet":
            raise WarehouseError(
                f"{file.name}: not a file of a {description.mode} {description.scanner} shard"
            )
        rows = _check_file(file, schemas[name], description)
        if name == "repository_scan" and rows != 1:
            raise WarehouseError(f"{file.name}: {rows} rows, should be one")
    if "repository_scan" not in files:
        raise WarehouseError("incomplete: repository_scan.parquet is missing")
    return Shard(path, description.repo_id, description.scanner, description.mode, files)


def describe_difference(found: pa.Schema, wanted: pa.Schema) -> str:
    """The columns that only one of two unequal schemas has."""
    only_one = [field for field in found if field not in wanted] + [
        field for field in wanted if field not in found
    ]
    return ", ".join(f"{field.name} {field.type}" for field in only_one) or "their order"


def _check_file(file: Path, schema: pa.Schema, description: _Description) -> int:
    """Check the columns, and by statistics that all rows are of this repository and scanner; count them."""
    try:
        with pq.ParquetFile(file) as parquet:
            metadata, found = parquet.metadata, parquet.schema_arrow
    except (OSError, pa.ArrowException) as error:
        raise WarehouseError(f"{file.name}: not a readable Parquet file: {error}") from error
    if not found.equals(schema):
        raise WarehouseError(f"{file.name}: columns differ: {describe_difference(found, schema)}")
    for column in ("repo_id", "scanner"):
        index, value = schema.get_field_index(column), getattr(description, column)
        groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)] if index >= 0 else []
        for group in groups:
            statistics = group.column(index).statistics
            if group.num_rows == 0:
                continue
            if statistics is None or not statistics.has_min_max or statistics.null_count:
                raise WarehouseError(f"{file.name}: {column} has nulls or no statistics")
            if (statistics.min, statistics.max) != (value, value):
                raise WarehouseError(f"{file.name}: {column} is not {value} in every row")
    return int(metadata.num_rows)
