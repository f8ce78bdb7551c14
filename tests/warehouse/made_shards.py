"""Shards, raw tables and model files that tests make."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.store.schema import RAW_TABLES

Rows = Sequence[Mapping[str, Any]]


def raw_table(name: str, rows: Rows) -> pa.Table:
    """Rows of a raw table; columns that a row does not name are null."""
    schema = RAW_TABLES[name].schema
    return pa.Table.from_pylist(
        [{column: row.get(column) for column in schema.names} for row in rows], schema
    )


def write_shard(
    folder: Path,
    repo_id: str,
    scanner: str = "sbom",
    mode: str = "replace",
    vanished: Sequence[str] = (),
    **tables: Rows,
) -> Path:
    """A complete shard with one scan row; `repo_id`, and `scanner` where a table has it, are filled in."""
    folder.mkdir(parents=True)
    tables = {"repository_scan": [{"status": "succeeded"}], **tables}
    for name, rows in tables.items():
        filled = [{"repo_id": repo_id, "scanner": scanner, **row} for row in rows]
        pq.write_table(raw_table(name, filled), folder / f"{name}.parquet")
    if vanished:
        keys = pa.table({"repo_id": [repo_id] * len(vanished), "sha": list(vanished)})
        pq.write_table(keys, folder / "vanished_commit.parquet")
    (folder / "shard.json").write_text(json.dumps({"repo_id": repo_id, "scanner": scanner, "mode": mode}))
    return folder


def write_model(folder: Path, name: str, query: str, columns: Sequence[str], **header: str) -> Path:
    """`folder/<name>.sql`, where `name` is such as `core/package`."""
    file = folder / f"{name}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{key}: {value}" for key, value in {"description": "d", "grain": "one per row", **header}.items()
    ]
    lines += ["columns:", *(f"  {column}: about {column}" for column in columns)]
    file.write_text("/*\n" + "\n".join(lines) + "\n*/\n" + query + "\n", encoding="utf-8")
    return file
