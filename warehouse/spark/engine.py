"""Run SQL models on a Spark cluster; the warehouse stays DuckDB's.

A model's inputs are written as parquet files to a folder that the cluster sees, Spark runs the translated
query over them and writes parquet files back, and these become the model's table with the types that DuckDB
gives the query. Python models run where the warehouse is.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.model import Model
from warehouse.spark.transpile import to_spark, view_name
from warehouse.store.database import quote_name, quote_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",  # a division by zero is null, as in DuckDB
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # it would write over ours
}


@contextmanager
def spark_engine(
    master: str, folder: Path, settings: dict[str, str] | None = None
) -> Iterator["SparkEngine"]:
    """An engine on the cluster at `master`, such as `spark://host:7077` or `local[4]`.

    `folder` is emptied; driver and executors see it at the same path.

    Raises:
        WarehouseError: Spark is not installed, or the cluster cannot be reached.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise WarehouseError("Spark is not installed; install chainatlas[spark]") from None
    builder = SparkSession.builder.appName("chainatlas").master(master)
    for name, value in {**_SETTINGS, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # what py4j raises has no common root
        raise WarehouseError(f"{master}: no session: {str(error)[:300]}") from error
    session.sparkContext.setLogLevel("ERROR")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield SparkEngine(session, folder)
    finally:
        with suppress(Exception):  # a driver that died has told its error before
            session.stop()
        shutil.rmtree(folder, ignore_errors=True)


class SparkEngine:
    """Makes tables of SQL models with a Spark session."""

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self._session, self._folder = session, folder
        self._exported: dict[str, str] = {}
        """Version by table that lies in the folder."""
        self._count = 0

    def make_table(self, con: DuckDBPyConnection, model: Model, table: str, inputs: dict[str, str]) -> None:
        """Create or replace `table` with the rows of the model; `inputs` are versions of what it reads.

        Raises:
            WarehouseError: Spark refuses the query.
        """
        assert model.query is not None
        for name, version in inputs.items():
            if self._exported.get(name) != version:
                self._export(con, name)
                self._exported[name] = version
        columns = con.execute(f"describe {model.query}").fetchall()
        self._count += 1
        result = self._folder / f"result-{self._count}"
        try:
            rows = self._session.sql(to_spark(model.query))
            rows.write.mode("overwrite").parquet(str(result))
        except WarehouseError:
            raise
        except Exception as error:  # what py4j raises has no common root
            raise WarehouseError(f"Spark: {str(error)[:500]}") from error
        casts = ", ".join(
            f"cast({quote_name(name)} as {kind}) as {quote_name(name)}" for name, kind, *_ in columns
        )
        files = quote_text(f"{result}/*.parquet")
        con.execute(f"create or replace table {table} as select {casts} from read_parquet({files})")  # noqa: S608
        shutil.rmtree(result)

    def _export(self, con: DuckDBPyConnection, name: str) -> None:
        schema, _, table = name.partition(".")
        self._count += 1
        path = self._folder / f"{view_name(name)}-{self._count}.parquet"
        con.execute(
            f"copy {quote_name(schema)}.{quote_name(table)} to {quote_text(str(path))} (format parquet)"
        )
        self._session.read.parquet(str(path)).createOrReplaceTempView(view_name(name))
