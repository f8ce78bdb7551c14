"""Answer one query of a user on the published copy, and let it do nothing else."""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.errors import WarehouseError
from warehouse.sql import parse_query
from warehouse.store.database import open_published


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a query; `truncated` where there are more than the limit allowed."""

    table: pa.Table
    truncated: bool


def run_query(
    published: Path,
    sql: str,
    row_limit: int = 1000,
    seconds: float = 60,
    memory: str = "2GB",
    *,
    parameters: Sequence[object] = (),
) -> QueryResult:
    """Run one read-only query on the published copy, without file, network or extension access.

    `parameters` stand for the question marks in it. Stops after `row_limit` rows and `seconds` seconds.
    `memory` bounds DuckDB's buffers (`512MB`, `2GB`); a single huge value that an expression makes up can
    exceed it. Raises `WarehouseError` for anything that is not one query, for a query that is wrong, and for
    one that needs more time or memory.
    """
    with closing(open_published(published, {"memory_limit": memory})) as con:
        parse_query(con, sql)
        timer = threading.Timer(seconds, con.interrupt)
        timer.start()
        try:
            return _fetch(con, sql, row_limit, parameters)
        except duckdb.InterruptException as error:
            raise WarehouseError(f"the query was stopped after {seconds:g} seconds") from error
        except duckdb.OutOfMemoryException as error:
            raise WarehouseError(f"the query needs more than {memory} of memory: read fewer rows") from error
        except duckdb.Error as error:
            raise WarehouseError(f"the query failed: {error}") from error
        finally:
            timer.cancel()
            timer.join()


def _fetch(
    con: duckdb.DuckDBPyConnection, sql: str, row_limit: int, parameters: Sequence[object]
) -> QueryResult:
    batches: list[pa.RecordBatch] = []
    rows = 0
    with con.sql(sql, params=list(parameters)).to_arrow_reader(min(row_limit + 1, 100_000)) as reader:
        while rows <= row_limit and (batch := next(reader, None)) is not None:
            batches.append(batch)
            rows += batch.num_rows
        table = pa.Table.from_batches(batches, reader.schema)
        con.interrupt()  # or closing the reader would wait for rows that nobody wants
    return QueryResult(table.slice(0, row_limit), rows > row_limit)
