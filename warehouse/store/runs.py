"""Record the runs of the pipeline in `meta.run`."""

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.database import transaction


def begin_run(con: DuckDBPyConnection, run_id: str) -> None:
    """Record that a run began. Runs that never reported their end were killed: only one can run at a time."""
    try:
        with transaction(con):
            con.execute("update meta.run set status = 'killed' where status = 'running'")
            con.execute(
                "insert into meta.run (run_id, status, started_at) values (?, 'running', now())", [run_id]
            )
    except duckdb.Error as error:
        raise WarehouseError(f"run {run_id} cannot be recorded: {error}") from error


def end_run(con: DuckDBPyConnection, run_id: str, error: str | None = None) -> None:
    """Record how a run ended: `failed` with the reason, or `succeeded` with the versions of its taxonomy."""
    status = "succeeded" if error is None else "failed"
    try:
        with transaction(con):
            con.execute(
                "update meta.run set status = ?, error = ?, ended_at = now() where run_id = ?",
                [status, error, run_id],
            )
            if error is None:
                files = "select ?, folder, file, sha256 from raw.taxonomy_file"
                con.execute(f"insert into meta.run_taxonomy {files}", [run_id])
    except duckdb.Error as failure:
        raise WarehouseError(f"the end of run {run_id} cannot be recorded: {failure}") from failure
