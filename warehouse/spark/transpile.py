"""A model's query in Spark's SQL: the models are written once, for DuckDB, and sqlglot translates them.

What sqlglot leaves as it is although Spark has no such function is in `functions.yaml`; what means something
else there is mended on the syntax tree.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import sqlglot
import yaml
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from warehouse.errors import WarehouseError

_ARGUMENT = re.compile(r"\$(\d)")
_BOUNDARIES = {"MONTH": "months_between", "QUARTER": "quarters_between", "YEAR": "years_between"}


class _DuckDB(DuckDB):
    """DuckDB whose `len`, of lists, is not taken for `length`, of texts."""

    class Parser(DuckDB.Parser):
        FUNCTIONS = {name: build for name, build in DuckDB.Parser.FUNCTIONS.items() if name != "LEN"}  # noqa: RUF012


def view_name(table: str) -> str:
    """`core.segment` → `core__segment`: the name of the view that holds a table."""
    return table.replace(".", "__")


def to_spark(query: str) -> str:
    """The query over views of the tables that it reads.

    Raises:
        WarehouseError: the query says what cannot be translated.
    """
    try:
        tree = sqlglot.parse_one(query, read=_DuckDB)
        return _mended(tree).sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.errors.SqlglotError as error:
        raise WarehouseError(f"cannot be translated for Spark: {error}") from error


def _mended(tree: exp.Expression) -> exp.Expression:
    for table in tree.find_all(exp.Table):
        if table.db:
            name = table.name
            table.set("this", exp.to_identifier(view_name(f"{table.db}.{name}")))
            table.set("db", None)
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    for select in tree.find_all(exp.Select):
        _lift_generators(select)
    mended = tree.transform(_mend)
    for aggregate in list(mended.find_all(exp.ArrayAgg)):
        _empty_is_null(aggregate)
    return mended


def _empty_is_null(aggregate: exp.Expression) -> None:
    """A list of nothing is null in DuckDB and empty in Spark."""
    whole = aggregate
    while isinstance(whole.parent, exp.Filter | exp.Window) and whole.parent.this is whole:
        whole = whole.parent
    whole.replace(exp.Nullif(this=whole.copy(), expression=exp.Array(expressions=[])))


def _lift_generators(select: exp.Select) -> None:
    """`f(unnest(list))`: Spark generates rows at the top of a column or in a lateral view, nowhere else."""
    for column in select.expressions:
        top = column.this if isinstance(column, exp.Alias) else column
        for number, generator in enumerate(list(column.find_all(exp.Explode))):
            if generator is top:
                continue
            name = f"unnested_{number}"
            generator.replace(exp.column(name))
            alias = exp.TableAlias(this=exp.to_identifier(f"{name}_rows"), columns=[exp.to_identifier(name)])
            select.append("laterals", exp.Lateral(this=generator, view=True, alias=alias))


def _mend(node: exp.Expression) -> exp.Expression:
    match node:
        case exp.Anonymous() if node.name.lower() in _functions():
            return _call(node.name.lower(), node.expressions)
        case exp.RegexpFullMatch():
            return _call("regexp_full_match", [node.this, node.expression])
        case exp.ArrayOverlaps():
            return _call("overlaps", [node.this, node.expression])
        case exp.DateDiff() if node.text("unit").upper() in _BOUNDARIES:
            return _call(_BOUNDARIES[node.text("unit").upper()], [node.expression, node.this])
        case exp.Bracket() if not isinstance(node.expressions[0], exp.Literal):
            return _call("item", [node.this, node.expressions[0]])
        case exp.ArrayAgg() if isinstance(node.this, exp.Order):
            raise WarehouseError("a list in an order of its own is not translated for Spark: use list_sort")
        case exp.GenerateSeries() if not node.args.get("is_end_exclusive"):
            # Spark counts downwards, or fails, where DuckDB gives nothing
            return exp.If(
                this=exp.LTE(this=node.args["start"].copy(), expression=node.args["end"].copy()),
                true=node.copy(),
                false=exp.Array(expressions=[]),
            )
    return node


@cache
def _functions() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(
        files("warehouse.spark").joinpath("functions.yaml").read_text("utf-8")
    )
    return loaded


def _call(name: str, arguments: Sequence[exp.Expression]) -> exp.Expression:
    text = _ARGUMENT.sub(lambda found: f"argument_{found[1]}", _functions()[name])
    template = exp.Paren(this=sqlglot.parse_one(text, read="spark"))

    def fill(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and node.name.startswith("argument_"):
            return exp.Paren(this=arguments[int(node.name[-1]) - 1].copy().transform(_mend))
        return node

    return template.transform(fill)
