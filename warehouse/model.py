"""One model: a file that makes one table of schema `core` or `mart`.

A model file is `<folder>/<table>.sql` or `<folder>/<table>.py`; folder `core` makes schema `core`, every
other folder makes schema `mart`. It begins with YAML, in the first `/* … */` comment of a `.sql` file or in
the module docstring of a `.py` file:

    description: what the table says          (text)
    grain: one per …                          (text)
    columns: {name: description, …}           (exactly the columns of the result, in their order)
    key: [name, …]                            (optional: the columns that name one row, else all of them do)
    formula, source: text                     (optional)
    edge_cases: text or list of texts         (optional)
    incremental: {by, rows, lookups}          (optional, see `Incremental`)

A `.sql` model is one SELECT over tables written as `schema.table`. A `.py` model has
`READS: tuple[str, ...]` and `build(con, context) -> pyarrow.Table`, or a `pyarrow.RecordBatchReader`, whose
rows are stored while the next are made, without `con`; it names the data files beside it that it uses in
`DATA: tuple[str, ...]`. A `.py` file without `READS` is a helper of its neighbours. Discovery only parses
files: nothing of a model is run before it is built.
"""

import ast
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Annotated, Any

import duckdb
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from warehouse.errors import WarehouseError
from warehouse.provenance import may_read_provenance, tables_read_whole
from warehouse.sql import parse_query, walk

PARAMETERS = "meta.parameter"
"""The one table of schema `meta` that a model may read; see `warehouse.runner.ModelContext`."""

_HEADER = re.compile(r"\s*/\*(.*?)\*/", re.DOTALL)
_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_VOLATILE_FUNCTIONS = frozenset(
    {
        *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "now", "today"),
        *("get_current_time", "get_current_timestamp", "transaction_timestamp"),
        *("random", "gen_random_uuid", "uuid", "uuidv4", "uuidv7", "nextval", "current_setting", "getenv"),
    }
)
_PACKAGE = Path(__file__).parent

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Incremental(BaseModel):
    """How a model is built again for some repositories only.

    Rows of the result for one repository depend on nothing but the rows of that repository in `rows`, on rows
    of `lookups` that those find by a key, and on tables that are named nowhere here: where one of these
    changes, the model is built in full.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    by: _Text = "repo_id"
    """Column that names the repository, in the result and in every table of `rows`."""
    rows: Annotated[list[_Text], Field(min_length=1)]
    """Tables of which a repository needs only its own rows, as `schema.table`."""
    lookups: dict[_Text, list[_Text]] = {}
    """Key column of another table, as `schema.table.column`, to the columns of tables of `rows` whose values
    are looked up there."""


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    description: _Text
    grain: _Text
    columns: Annotated[dict[_Text, _Text], Field(min_length=1)]
    key: list[_Text] = []
    formula: _Text | None = None
    source: _Text | None = None
    edge_cases: Annotated[list[_Text], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)] = []
    incremental: Incremental | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A table of schema `core` or `mart`, as its file declares it."""

    name: str
    """`schema.table`."""
    description: str
    grain: str
    columns: Mapping[str, str]
    """Description by column name, in the order of the result."""
    key: tuple[str, ...]
    """The columns that name one row; a check finds rows that share them."""
    formula: str | None
    source: str | None
    """Where the formula comes from: a standard, a paper, a metric's definition."""
    edge_cases: tuple[str, ...]
    incremental: Incremental | None
    """Null where every build makes the whole table."""
    reads: frozenset[str]
    """Tables that the model reads, as `schema.table`; `meta.parameter` among them where it depends on one."""
    reads_whole: frozenset[str]
    """Tables of which it may read columns of `PROVENANCE`, so that it is stale where only these changed."""
    path: Path
    sql_hash: str
    """SHA-256 of the file, header included, and of the modules and data files that a `.py` model uses."""
    query: str | None
    """The SELECT statement; null for a `.py` model."""

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]

    @property
    def table(self) -> str:
        return self.name.partition(".")[2]

    def build_function(self) -> Callable[[duckdb.DuckDBPyConnection, Any], Any]:
        """Import a `.py` model and return its `build`. Raises `WarehouseError` if it cannot be imported."""
        spec = spec_from_file_location(f"warehouse.models.{self.path.parent.name}.{self.table}", self.path)
        assert spec is not None and spec.loader is not None, self.path
        module = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise WarehouseError(f"{self.path}: cannot be imported: {error!r}") from error
        build: Callable[[duckdb.DuckDBPyConnection, Any], Any] = module.build
        return build


def model_name(path: Path) -> str:
    """The table that a model file makes, as `schema.table`."""
    return f"{'core' if path.parent.name == 'core' else 'mart'}.{path.stem}"


def read_model(path: Path, parser: duckdb.DuckDBPyConnection) -> Model | None:
    """Read a model file; null for a `.py` file that is a helper.

    `parser` is any connection: only its SQL parser is used. Raises `WarehouseError` naming the file, and the
    line where there is one.
    """
    text = _read_text(path)
    return _read_sql_model(path, text, parser) if path.suffix == ".sql" else _read_python_model(path, text)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WarehouseError(f"{path}: cannot be read: {error}") from error


def _read_sql_model(path: Path, text: str, parser: duckdb.DuckDBPyConnection) -> Model:
    match = _HEADER.match(text)
    if match is None:
        raise WarehouseError(f"{path}:1: a model begins with a /* … */ comment that holds its header as YAML")
    header = _parse_header(path, match.group(1), text.count("\n", 0, match.start(1)) + 1)
    query = text[match.end() :].strip().rstrip(";").rstrip()
    nodes = _parse_nodes(path, query, parser)
    reads = _find_reads(path, nodes)
    return _model(path, header, (reads, tables_read_whole(nodes, reads)), _hash([text]), query)


def _read_python_model(path: Path, text: str) -> Model | None:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise WarehouseError(f"{path}:{error.lineno}: not valid Python: {error.msg}") from error
    reads = _literal_names(path, tree, "READS")
    build = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "build"), None)
    if reads is None:
        if build is not None:
            raise WarehouseError(f"{path}: a .py model declares READS, the tables that it reads")
        return None
    if build is None or len(build.args.args) != 2:
        raise WarehouseError(f"{path}: a .py model defines build(con, context) -> pyarrow.Table")
    header = _parse_header(path, ast.get_docstring(tree, clean=True) or "", 1)
    context = build.args.args[1].arg
    if any(isinstance(node, ast.Name) and node.id == context for node in ast.walk(build)):
        reads |= {PARAMETERS}
    sources = {path: text} | _imported_sources(tree, {})
    for name in _literal_names(path, tree, "DATA") or ():
        sources[path.with_name(name)] = _read_text(path.with_name(name))
    modules = [source for p, source in sources.items() if p.suffix == ".py"]
    whole = reads if any(map(may_read_provenance, modules)) else frozenset()
    return _model(path, header, (reads, whole), _hash(sources[p] for p in sorted(sources)))


def _model(
    path: Path,
    header: _Header,
    reads: tuple[frozenset[str], frozenset[str]],
    sql_hash: str,
    query: str | None = None,
) -> Model:
    if unknown := sorted(set(header.key) - header.columns.keys()):
        raise WarehouseError(f"{path}: header: key: {', '.join(unknown)} is not among the columns")
    if header.incremental is not None:
        _check_incremental(path, header, header.incremental, reads[0])
    key = tuple(header.key or header.columns)
    fields = header.model_dump(exclude={"incremental"}) | {
        "edge_cases": tuple(header.edge_cases),
        "key": key,
        "incremental": header.incremental,
    }
    return Model(
        model_name(path),
        **fields,
        reads=reads[0],
        reads_whole=reads[1],
        path=path,
        sql_hash=sql_hash,
        query=query,
    )


def _check_incremental(path: Path, header: _Header, parts: Incremental, reads: frozenset[str]) -> None:
    """Refuse what could not be followed: a table that is not read, or is named twice over."""
    if parts.by not in header.columns:
        raise WarehouseError(f"{path}: header: incremental: by: {parts.by} is not among the columns")
    looked_up = {column.rpartition(".")[0] for column in parts.lookups}
    sources = {column.rpartition(".")[0] for columns in parts.lookups.values() for column in columns}
    if unread := sorted((looked_up | set(parts.rows)) - reads):
        raise WarehouseError(f"{path}: header: incremental: {', '.join(unread)} is not read by the model")
    if twice := sorted(looked_up & set(parts.rows)):
        raise WarehouseError(f"{path}: header: incremental: {', '.join(twice)} is in rows and in lookups")
    if strange := sorted(sources - set(parts.rows)):
        raise WarehouseError(f"{path}: header: incremental: lookups: {', '.join(strange)} is not in rows")


def _parse_header(path: Path, text: str, first_line: int) -> _Header:
    try:
        header = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader, in C
        if not isinstance(header, dict):
            raise WarehouseError(
                f"{path}:{first_line}: the header is text, not the keys description, grain, columns"
            )
        return _Header.model_validate(header)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        raise WarehouseError(f"{path}:{line}: the header is not YAML: {error}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, e['loc'])) or 'header'}: {e['msg']}" for e in error.errors())
        raise WarehouseError(f"{path}:{first_line}: header: {'; '.join(faults)}") from error


def _parse_nodes(path: Path, query: str, parser: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The nodes of a SELECT, as DuckDB's own parser sees it."""
    try:
        return list(walk(parse_query(parser, query)))
    except WarehouseError as error:
        raise WarehouseError(f"{path}: {error}") from error


def _find_reads(path: Path, nodes: list[dict[str, Any]]) -> frozenset[str]:
    """Tables that a SELECT reads."""
    ctes = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    reads = set()
    for node in nodes:
        kind, name = node.get("type"), str(node.get("table_name", "")).lower()
        schema = str(node.get("schema_name") or "").lower()
        if kind == "BASE_TABLE" and node.get("catalog_name"):
            raise WarehouseError(f"{path}: {node['catalog_name']}.{schema}.{name}: write schema.table only")
        if kind == "BASE_TABLE" and schema:
            # `recurring.<cte>` is DuckDB's name for all rows so far of a recursive CTE with USING KEY.
            if not (schema == "recurring" and name in ctes):
                reads.add(f"{schema}.{name}")
        elif kind == "BASE_TABLE" and name not in ctes:
            raise WarehouseError(f"{path}: table {name} needs its schema (raw, core or mart)")
        elif kind == "TABLE_FUNCTION" and node["function"]["function_name"] not in _TABLE_FUNCTIONS:
            raise WarehouseError(f"{path}: {node['function']['function_name']}(): a model reads tables only")
        elif kind == "SHOW_REF":
            raise WarehouseError(f"{path}: DESCRIBE, SUMMARIZE and SHOW are not for models")
        elif (function := _function_name(node)) in _VOLATILE_FUNCTIONS:
            raise WarehouseError(f"{path}: {function} differs at each build; take as_of from {PARAMETERS}")
    return frozenset(reads)


def _function_name(node: dict[str, Any]) -> str | None:
    """Name of a called function; `current_date` and its like are parsed as a column without table."""
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        return str(node["column_names"][0]).lower()
    return str(node["function_name"]).lower() if node.get("class") == "FUNCTION" else None


def _literal_names(path: Path, tree: ast.Module, variable: str) -> frozenset[str] | None:
    """The names in a tuple that the module assigns to a variable; null if it assigns none."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign):
            targets: list[ast.expr] = [node.target]
        elif isinstance(node, ast.Assign):
            targets = node.targets
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == variable for target in targets):
            try:
                names = ast.literal_eval(node.value) if node.value is not None else None
            except ValueError:
                names = None
            if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
                raise WarehouseError(f"{path}:{node.lineno}: {variable} is a tuple of text literals")
            return frozenset(names)
    return None


def _imported_sources(tree: ast.Module, found: dict[Path, str]) -> dict[Path, str]:
    """Text of the modules of this package that a module imports, transitively: they shape its result too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    for name in sorted(names):
        package, *parts = name.split(".")
        file = _PACKAGE.joinpath(*parts).with_suffix(".py") if parts else _PACKAGE
        if package == "warehouse" and file.is_file() and file not in found:
            found[file] = file.read_text(encoding="utf-8")
            _imported_sources(ast.parse(found[file]), found)
    return found


def _hash(texts: Any) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()
