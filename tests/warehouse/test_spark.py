"""Every SQL model gives the same rows on Spark as on DuckDB, over the rows of all cases at once."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import yaml
from duckdb import DuckDBPyConnection
from given_rows import KEY, insert_rows, insert_scoring
from test_models import AS_OF, CASES, FOLDER, REGION, _case

from pipelines.quality import RAW_KEYS
from warehouse.errors import WarehouseError
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database

MODELS = {name: model for name, model in discover_models().items() if model.query is not None}
pytestmark = pytest.mark.spark
FOR_FEW_ROWS = {
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
"""What Spark compiles for many rows costs more than these rows do."""
Both = tuple[DuckDBPyConnection, Any]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A warehouse that DuckDB has built, and a Spark session."""
    pytest.importorskip("pyspark")
    from warehouse.spark.engine import spark_engine

    folder = tmp_path_factory.mktemp("spark")
    with closing(open_database(folder / "warehouse.duckdb")) as con:
        insert_all(con)
        for build in build_models(con, ModelContext(AS_OF, KEY, region=REGION)):
            assert build.status == "built", build.error
        with spark_engine("local[2]", folder / "exchange", FOR_FEW_ROWS) as engine:
            yield con, engine


def insert_all(con: DuckDBPyConnection) -> None:
    """The rows of all cases, each once: no real region, but every edge case that somebody thought of."""
    insert_scoring(con)
    seen = set()
    for path in CASES:
        given = _case(path)["given"]
        if isinstance(given, str):  # a file that several cases share
            given = yaml.safe_load((FOLDER / "given" / f"{given}.yaml").read_text("utf-8"))
        for table, rows in given.items():
            fresh = []
            for row in rows:
                key = (table, *map(str, map(row.get, RAW_KEYS.get(table, row))))
                if key not in seen:
                    seen.add(key)
                    fresh.append(row)
            if table in ("component", "snapshot_component"):  # some cases leave out what no loader does
                fresh = [row for row in fresh if row.get("purl")]
            insert_rows(con, table, fresh)
    for table in ("evidence_rule", "alternative"):  # of segments that their own case did not need
        con.execute(f"delete from raw.{table} where segment_id not in (select segment_id from raw.segment)")


@pytest.mark.parametrize("name", sorted(MODELS))
def test_model_when_run_on_spark_then_rows_are_those_of_duckdb(both: Both, name: str) -> None:
    con, engine = both
    inputs = dict.fromkeys(MODELS[name].reads, "1")
    con.execute("begin")
    engine.make_table(con, MODELS[name], "main.on_spark", inputs)
    found, wanted = rows(con, "main.on_spark"), rows(con, name)
    con.execute("rollback")
    assert found == wanted


def rows(con: DuckDBPyConnection, table: str) -> tuple[list[str], list[str]]:
    """Types of the columns, and all rows in one order; figures to nine digits."""
    kinds = [str(kind) for kind in con.sql(f"from {table}").types]
    found = con.sql(f"from {table}").fetchall()
    return kinds, sorted(json.dumps([plain(value) for value in row], default=str) for row in found)


def plain(value: Any) -> Any:
    match value:
        case bool() | str() | None:
            return value
        case int() | float() | Decimal():
            return float(f"{value:.9g}")
        case datetime():
            return value.replace(tzinfo=None).isoformat()
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
    return str(value)


def test_list_when_it_has_an_order_of_its_own_then_is_refused() -> None:
    pytest.importorskip("sqlglot")
    from warehouse.spark.transpile import to_spark

    with pytest.raises(WarehouseError, match="use list_sort"):
        to_spark("select list(a order by b) from raw.c")


@pytest.mark.parametrize(
    "query",
    [
        "select a.x, count(*) from raw.a as a asof join raw.b as b on b.x = a.x and b.t <= a.t group by a.x",
        "select a.x, b.y from raw.a as a asof join raw.b as b on b.x = a.x and b.t >= a.t",
    ],
)
def test_asof_join_when_it_is_of_another_form_then_is_refused(query: str) -> None:
    pytest.importorskip("sqlglot")
    from warehouse.spark.transpile import to_spark

    with pytest.raises(WarehouseError, match="an asof join is translated"):
        to_spark(query)
