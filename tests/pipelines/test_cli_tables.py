"""Tables for programs: numbers stay numbers, and no cell becomes a formula."""

import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa

from pipelines.cli._tables import write_table


def written(table: pa.Table, output_format: str) -> str:
    out = io.StringIO()
    write_table(table, output_format, out)
    return out.getvalue()


def test_json_when_a_sum_is_a_decimal_then_it_is_a_number() -> None:
    table = pa.table(
        {
            "sum": pa.array([Decimal(7)], pa.decimal128(38, 0)),
            "share": pa.array([Decimal("0.5")], pa.decimal128(5, 2)),
            "day": [date(2026, 10, 1)],
            "nothing": [None],
        }
    )
    assert json.loads(written(table, "json")) == [
        {"sum": 7, "share": 0.5, "day": "2026-10-01", "nothing": None}
    ]


def test_csv_when_a_cell_looks_like_a_formula_then_it_is_disarmed() -> None:
    table = pa.table(
        {"text": ["=HYPERLINK(1)", "@sum", "-1+1", "plain", "", "\n=1"], "number": [-1, 0, 1, 2, 3, 4]}
    )
    lines = written(table, "csv").split("\r\n")
    assert lines[1:7] == ["'=HYPERLINK(1),-1", "'@sum,0", "'-1+1,1", "plain,2", ",3", '"\'\n=1",4']
