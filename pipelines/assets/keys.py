"""Keys, columns and results of assets that are tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.store.database import quote_name
from warehouse.store.publish import PERSONAL
from warehouse.store.schema import RAW_TABLES

TableResult = dg.MaterializeResult[None]
"""What an asset returns whose value is in the warehouse."""
_PREVIEW_ROWS = 5


def table_key(name: str) -> dg.AssetKey:
    """`core.repository` → `[core, repository]`."""
    return dg.AssetKey(name.split("."))


def column_schema(columns: Mapping[str, str]) -> dg.TableSchema:
    """Columns with their descriptions, as the Dagster UI shows them."""
    return dg.TableSchema([dg.TableColumn(name, description=text) for name, text in columns.items()])


def raw_specs(names: Iterable[str], group: str, deps: Sequence[dg.AssetKey] = ()) -> list[dg.AssetSpec]:
    """One asset for each raw table."""
    return [
        dg.AssetSpec(
            table_key(f"raw.{name}"),
            deps=deps,
            description=RAW_TABLES[name].grain,
            group_name=group,
            kinds={"duckdb"},
            metadata={
                "dagster/column_schema": column_schema(
                    {field.name: field.metadata[b"comment"].decode() for field in RAW_TABLES[name].schema}
                )
            },
        )
        for name in names
    ]


def table_result(con: DuckDBPyConnection, name: str, **metadata: Any) -> TableResult:
    """The result of a raw table, with its number of rows and the first of them, without personal columns."""
    table = con.sql(f"from raw.{quote_name(name)}")
    shown = [
        quote_name(field.name)
        for field in RAW_TABLES[name].schema
        if not field.metadata[b"comment"].decode().startswith(PERSONAL)
    ]
    count = table.count("*").fetchall()[0][0]
    return dg.MaterializeResult(
        asset_key=table_key(f"raw.{name}"),
        metadata={
            "dagster/row_count": count,
            "preview": dg.MetadataValue.md(
                _markdown(table.limit(_PREVIEW_ROWS).project(", ".join(shown)).to_arrow_table())
            ),
            **metadata,
        },
    )


def _markdown(table: pa.Table) -> str:
    """Rows as a Markdown table; cells are cut and cannot end their cell."""
    lines = ["| " + " | ".join(table.column_names) + " |", "|" + "---|" * table.num_columns]
    for row in table.to_pylist():
        cells = (str("" if value is None else value)[:80] for value in row.values())
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)
