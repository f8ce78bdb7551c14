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
    for query in tree.find_all(exp.CTE):
        query.set("materialized", None)  # how DuckDB is to run it: Spark has no such word
    for select in tree.find_all(exp.Select):
        _lift_generators(select)
        _rank_latest(select)
    for division in tree.find_all(exp.Div):  # of decimals Spark makes a decimal, DuckDB a double
        division.set("expression", exp.cast(division.expression, exp.DType.DOUBLE))
    for least in tree.find_all(exp.Min, exp.Max):
        if isinstance(least.this, exp.Struct):
            _nulls_last(least.this)
    for window in list(tree.find_all(exp.Window)):
        _mend_window(window)
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


def _nulls_last(row: exp.Expression) -> None:
    """In rows null is the greatest value of DuckDB and the least of Spark: a flag goes before each."""
    fields: list[exp.Expression] = []
    for field in row.expressions:
        value = field.expression if isinstance(field, exp.PropertyEQ) else field
        flag = exp.Is(this=exp.paren(value.copy()), expression=exp.null())
        fields += [exp.PropertyEQ(this=exp.to_identifier(f"no_{len(fields)}"), expression=flag), field.copy()]
    row.set("expressions", fields)


def _mend_window(window: exp.Expression) -> None:
    """Spark reads `over name - 1` as a name with a hyphen, and has no product."""
    function = window.this
    if isinstance(function, exp.Anonymous) and function.name.lower() == "product":
        window.set("this", exp.ArrayAgg(this=function.expressions[0]))
        window.replace(_call("product", [window.copy()]))
    elif window.args.get("alias") is not None and not isinstance(window.parent, exp.Select):
        window.replace(exp.paren(window.copy()))


def _rank_latest(select: exp.Select) -> None:
    """`a asof join b on … and b.at <= a.at`: all that fit are joined, and the latest row of each is kept.

    The rows of `a` are told apart by those of their columns that the query names.
    """
    for join in select.args.get("joins") or ():
        if str(join.args.get("method") or "").upper() != "ASOF":
            continue
        right = join.this.alias_or_name
        bounds = [part for part in join.args["on"].flatten() if isinstance(part, exp.LTE | exp.LT)]
        fits = len(bounds) == 1 and bounds[0].this.text("table") == right
        if not fits or select.args.get("group") or select.args.get("qualify"):
            raise WarehouseError(
                "an asof join is translated for Spark as `right.at <= left.at`, without groups"
            )
        named = [
            column for part in (*select.expressions, join.args["on"]) for column in part.find_all(exp.Column)
        ]
        left = {column.sql(): column.copy() for column in named if column.table != right}
        place = exp.Window(
            this=exp.RowNumber(),
            partition_by=[left[name] for name in sorted(left)],
            order=exp.Order(expressions=[exp.Ordered(this=bounds[0].this.copy(), desc=True)]),
        )
        join.set("method", None)
        select.set("qualify", exp.Qualify(this=exp.EQ(this=place, expression=exp.Literal.number(1))))


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
        case exp.Bracket() if isinstance(node.expressions[0], exp.DPipe | exp.Concat):
            return _call("entry", [node.this, node.expressions[0]])
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
