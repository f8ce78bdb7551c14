"""What became less since the publication before: rows, scanned repositories, fields that forges fill.

Asked before a new copy is published, while the one before is there. None of it need be a fault; each is what
a broken source looks like.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.quality import check_coverage
from warehouse.errors import WarehouseError
from warehouse.store.database import open_published, quote_name
from warehouse.store.schema import FORGE_TABLES, RAW_TABLES

LEAST_ROWS = 50
"""A table with fewer rows before, or a forge with fewer new ones, tells nothing."""
KEPT_SHARE = 0.7
"""Share of its rows that a table keeps from one publication to the next, at least."""
COVERAGE_POINTS = 0.05
"""How much of the repositories may drop out of coverage at once."""
FILLED_SHARE = 0.5
"""A field that a forge filled in this share of the rows before, and now in less than half of it, changed."""


@dataclass(frozen=True, slots=True)
class Drops:
    """What became less, by name: before and now."""

    rows: Mapping[str, tuple[int, int]]
    coverage: tuple[float, float] | None
    """Share of the repositories that were scanned; null where it did not fall by much."""
    fields: Mapping[str, tuple[float, float]]
    """`forge table.column`: share of rows in which the forge told it."""


NOTHING = Drops({}, None, {})


def find_drops(con: DuckDBPyConnection, published: Path) -> Drops:
    """Compare the warehouse with the copy that is published; nothing where there is none that can be read."""
    try:
        with closing(open_published(published)) as before:
            return Drops(
                dict(_fewer_rows(con, before)),
                _less_coverage(con, before),
                dict(_emptier_fields(con, datetime.fromtimestamp(published.stat().st_mtime, UTC))),
            )
    except WarehouseError:
        return NOTHING


def _fewer_rows(con: DuckDBPyConnection, before: DuckDBPyConnection) -> Iterator[tuple[str, tuple[int, int]]]:
    known = _tables(con) & _tables(before)
    for schema, table in sorted(known):
        earlier, now = _count(before, schema, table), _count(con, schema, table)
        if earlier >= LEAST_ROWS and now < KEPT_SHARE * earlier:
            yield f"{schema}.{table}", (earlier, now)


def _tables(con: DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(
        con.execute(
            "select schema_name, table_name from duckdb_tables() where not temporary"
            " and database_name = current_database() and schema_name in ('raw', 'core', 'mart')"
        ).fetchall()
    )


def _count(con: DuckDBPyConnection, schema: str, table: str) -> int:
    query = f"select count(*) from {quote_name(schema)}.{quote_name(table)}"  # noqa: S608  # the catalogue's names
    [(rows,)] = con.execute(query).fetchall()
    return int(rows)


def _less_coverage(con: DuckDBPyConnection, before: DuckDBPyConnection) -> tuple[float, float] | None:
    earlier, now = (check_coverage(each).facts["share"] for each in (before, con))
    if earlier is None or now is None or now >= earlier - COVERAGE_POINTS:
        return None
    return earlier, now


def _emptier_fields(con: DuckDBPyConnection, since: datetime) -> Iterator[tuple[str, tuple[float, float]]]:
    for table in FORGE_TABLES:
        names = RAW_TABLES[table].schema.names
        if not {"forge", "observed_at"} <= set(names):
            continue
        shares = ", ".join(f"count({quote_name(name)}) / count(*)" for name in names)
        rows = con.execute(
            f"select forge, observed_at > ? as is_new, count(*), {shares} from raw.{quote_name(table)}"  # noqa: S608
            " group by all order by all",
            [since],
        ).fetchall()
        told = {(forge, is_new): (count, filled) for forge, is_new, count, *filled in rows}
        for (forge, is_new), (count, filled) in told.items():
            earlier = told.get((forge, False))
            if not is_new or earlier is None or min(count, earlier[0]) < LEAST_ROWS:
                continue
            for name, share_before, share in zip(names, earlier[1], filled, strict=True):
                if share_before >= FILLED_SHARE and share < share_before / 2:
                    yield f"{forge} {table}.{name}", (share_before, share)
