"""Write shards: the rows of one scan of one repository as Parquet files, see `warehouse.store.shard`."""

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.crawl.repository_id import folder_name
from warehouse.store.schema import RAW_TABLES

PARTIAL = "."
"""First character of the name of a shard that is still being written."""


def rows_to_table(name: str, rows: Sequence[object], same: Mapping[str, Any]) -> pa.Table:
    """Objects as a raw table; columns of `same` have one value in every row, the others are attributes."""
    schema = RAW_TABLES[name].schema
    columns = [
        _repeated(same[column.name], len(rows), column.type)
        if column.name in same
        else _array([getattr(row, column.name) for row in rows], column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _repeated(value: Any, count: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(count, kind) if value is None else pa.repeat(pa.scalar(value, kind), count)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # lone surrogates, which JSON escapes can spell and UTF-8 cannot
        return pa.array([_encodable(value) for value in values], kind)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value


class ShardWriter:
    """A shard under way; it appears in the run's folder when it is complete, or not at all."""

    def __init__(self, folder: Path, repo_id: str, scanner: str) -> None:
        name = f"{folder_name(repo_id)}.{scanner}"
        self._description = {"repo_id": repo_id, "scanner": scanner}
        self._partial, self._complete = folder / f"{PARTIAL}{name}.{secrets.token_hex(4)}", folder / name
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        self._partial.mkdir(parents=True)
        return self

    def write(self, name: str, rows: pa.Table | pa.RecordBatch) -> None:
        """Add rows to the file of one table."""
        if not rows.num_rows:
            return
        if name not in self._writers:
            path = self._partial / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, rows.schema, compression="zstd")
        write = (
            self._writers[name].write_table if isinstance(rows, pa.Table) else self._writers[name].write_batch
        )
        write(rows)

    def complete(self, mode: str) -> Path:
        """Give the shard its name; returns its path."""
        self._close()
        description = json.dumps(self._description | {"mode": mode})
        (self._partial / "shard.json").write_text(description, "utf-8")
        shutil.rmtree(self._complete, ignore_errors=True)
        return self._partial.rename(self._complete)

    def __exit__(self, *error: object) -> None:
        self._close()
        shutil.rmtree(self._partial, ignore_errors=True)

    def _close(self) -> None:
        while self._writers:
            self._writers.popitem()[1].close()


def find_shards(folder: Path) -> list[Path]:
    """Complete shards in any run's folder below `folder`, in path order."""
    return sorted(path.parent for path in folder.glob("*/*/shard.json") if path.parent.name[0] != PARTIAL)
