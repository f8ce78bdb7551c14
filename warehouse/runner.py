"""Discover the models, order them by what they read, build what changed.

A model is built again if its file, or the content of anything it reads, is not what it was at its last build;
`warehouse.ledger` keeps those versions. Where its header says how, and it is known which repositories
changed, it is built for these alone; see `warehouse.parts`.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, Protocol

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.ledger import (
    BuildRecord,
    last_builds,
    measure_content,
    next_build_id,
    quote_table,
    raw_versions,
    record_build,
    record_lineage,
    write_parameters,
)
from warehouse.model import PARAMETERS, Model, model_name, read_model
from warehouse.parts import Parts, changed_parts, differing_keys, tracked_columns
from warehouse.store.database import quote_name, quote_text, registered, transaction
from warehouse.store.schema import RAW_TABLES
from warehouse.store.table_versions import note_changed_keys

MODELS_FOLDER = Path(__file__).parent / "models"

Status = Literal["built", "unchanged", "failed", "skipped"]


class QueryEngine(Protocol):
    """What runs the query of a SQL model; see `warehouse.spark.engine`."""

    def make_table(self, con: DuckDBPyConnection, model: Model, table: str, inputs: dict[str, str]) -> None:
        """Create or replace `table` with the rows of the model; `inputs` are versions of what it reads."""


@dataclass(frozen=True, slots=True)
class ModelContext:
    """What a build depends on besides the tables.

    SQL models read all but the key from `meta.parameter(name, value)`, values as text: `as_of` (ISO 8601
    date), `show_people` (`true` or `false`), and `region.<key>` for each entry of `region`.
    """

    as_of: date
    """The day the answers hold for: ages and windows count back from it."""
    person_key: bytes = field(repr=False)
    """Key of the pseudonyms of people; never written to a table."""
    show_people: bool = False
    region: Mapping[str, str] = field(default_factory=dict)
    """The home region: `country` (ISO 3166), `name_zh`, `name_en` …"""

    def parameters(self) -> dict[str, str]:
        """The rows of `meta.parameter`."""
        region = {f"region.{key}": value for key, value in self.region.items()}
        return {"as_of": self.as_of.isoformat(), "show_people": str(self.show_people).lower()} | region


@dataclass(frozen=True, slots=True)
class ModelBuild:
    """What became of one model in a call of `build_models`."""

    name: str
    status: Status
    """`skipped`: a model that it reads failed. The table of a failed or skipped model stays as it was."""
    rows: int | None
    """Rows of the table; null where failed or skipped."""
    wall_ms: int
    """Of this build; of the last one where the model is unchanged."""
    part_keys: int | None
    """Repositories for which it was built; null if in full."""
    sql_hash: str
    built_at: datetime | None
    """When the build began, of the last one where the model is unchanged; null where skipped."""
    error: str | None


def discover_models(folder: Path = MODELS_FOLDER, wanted: Collection[str] | None = None) -> dict[str, Model]:
    """Read every model below `folder`, or those `wanted` with all that they read; each after what it reads.

    Raises `WarehouseError` naming the file for a mistake in a model, two files that make the same table, a
    table that nobody makes, or models that read each other in a circle.
    """
    models: dict[str, Model] = {}
    files: dict[str, list[Path]] = {}
    for path in sorted([*folder.glob("*/*.sql"), *folder.glob("*/*.py")]):
        files.setdefault(model_name(path), []).append(path)
    waiting = sorted(files if wanted is None else wanted)
    with duckdb.connect() as parser:
        while waiting:
            name = waiting.pop()
            for path in files.get(name, ()) if name not in models else ():
                model = read_model(path, parser)
                if model is None:
                    continue
                if name in models:
                    raise WarehouseError(f"{path}: {name} is already made by {models[name].path}")
                models[name] = model
                waiting += [] if wanted is None else sorted(model.reads)
    for model in models.values():
        for name in sorted(model.reads):
            schema, _, table = name.partition(".")
            if name not in models and name != PARAMETERS and not (schema == "raw" and table in RAW_TABLES):
                raise WarehouseError(f"{model.path}: reads {name}, which no model makes and is no raw table")
    return _in_order(models)


def _in_order(models: dict[str, Model]) -> dict[str, Model]:
    """The models, each after those that it reads, ties by name."""
    ordered: dict[str, Model] = {}
    waiting = dict(sorted(models.items()))
    while waiting:
        ready = [name for name, model in waiting.items() if not any(read in waiting for read in model.reads)]
        if not ready:
            raise WarehouseError("models read each other in a circle: " + _circle(waiting))
        for name in ready:
            ordered[name] = waiting.pop(name)
    return ordered


def _circle(waiting: dict[str, Model]) -> str:
    """One circle among models of which each reads another, as the files in reading order."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(next(read for read in sorted(waiting[path[-1]].reads) if read in waiting))
    circle = path[path.index(path[-1]) :]
    return " reads ".join(f"{name} ({waiting[name].path})" for name in circle)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the builds of one call of `build_models` have in common."""

    con: DuckDBPyConnection
    context: ModelContext
    engine: QueryEngine | None
    parts: Parts
    tracked: Mapping[str, frozenset[str]]
    """By table, columns whose changed values are kept for the models that look for them."""


def build_models(
    con: DuckDBPyConnection,
    context: ModelContext,
    only: Collection[str] | None = None,
    on_built: Callable[[ModelBuild], None] | None = None,
    models: Mapping[str, Model] | None = None,
    *,
    engine: QueryEngine | None = None,
) -> list[ModelBuild]:
    """Build every stale model in order, each in its own transaction with its comments, lineage and record.

    `only` names the models to look at; what they read must have been built before. Without it, tables that no
    model makes any more are dropped. `models` are those of `discover_models()` unless given. `on_built` is
    called after each model. `engine` runs the SQL models elsewhere than in DuckDB. A model that fails leaves
    its table as it was, and a row in `meta.model_build`; the models that read it are skipped and the others
    are built. Raises `WarehouseError` for a mistake that `discover_models` finds, for an unknown name in
    `only`, and if the warehouse cannot be written.
    """
    models = discover_models() if models is None else models
    if unknown := sorted(set(only or ()) - models.keys()):
        raise WarehouseError(f"no such model: {', '.join(unknown)}; there are {', '.join(sorted(models))}")
    builds: dict[str, ModelBuild] = {}
    run = _Run(con, context, engine, Parts(con), tracked_columns(models.values()))
    try:
        last = last_builds(con)
        parameters = write_parameters(con, context.parameters(), context.person_key)
        versions = raw_versions(con) | parameters
        plain = raw_versions(con, plain=True) | parameters
        for name, model in models.items():
            if only is not None and name not in only:
                continue
            for read in model.reads & last.keys():
                versions[read], plain[read] = last[read].version, last[read].plain_version
            inputs = {
                read: (versions if read in model.reads_whole else plain).get(read)
                for read in sorted(model.reads)
            }
            if lost := [read for read in inputs if read in builds and builds[read].rows is None]:
                error = f"not built, because {', '.join(lost)} could not be built"
                builds[name] = ModelBuild(name, "skipped", None, 0, None, model.sql_hash, None, error)
            elif name in last and last[name].is_of(model, inputs):
                builds[name] = _outcome("unchanged", last[name])
            else:
                record = _build(run, model, inputs, last.get(name))
                if record.rows is None:
                    builds[name] = _outcome("failed", record)
                else:
                    builds[name], last[name] = _outcome("built", record), record
            if on_built is not None:
                on_built(builds[name])
        if only is None:
            _drop_orphans(con, models)
    except duckdb.Error as error:
        raise WarehouseError(f"models cannot be built: {error}") from error
    finally:
        run.parts.close()
    return list(builds.values())


def _outcome(status: Status, record: BuildRecord) -> ModelBuild:
    return ModelBuild(
        record.model,
        status,
        record.rows,
        record.wall_ms,
        record.part_keys,
        record.sql_hash,
        record.built_at,
        record.error,
    )


def _build(
    run: _Run, model: Model, inputs: Mapping[str, str | None], last: BuildRecord | None
) -> BuildRecord:
    """Make the model's table and record it; a record without rows says why it could not be made."""
    con, tracked = run.con, run.tracked.get(model.name, frozenset())
    started = time.perf_counter()
    attempt = BuildRecord(next_build_id(con), model.name, "failed", model.sql_hash, inputs, datetime.now(UTC))
    try:
        keys = None if run.engine else changed_parts(con, model, last, inputs)
        if keys:
            run.parts.prepare(model, inputs, keys)
        with transaction(con):
            changes: dict[str, list[str] | None] = {}
            if keys is None or last is None:
                changes = _make_table(run, model, inputs, tracked if last else ())
                content = measure_content(con, model, f"from {quote_table(model.name)}")
                record_lineage(con, model)
            elif keys:
                content, changes = run.parts.build(
                    model, last, tracked, lambda table: _create_rows(run, model, table)
                )
            else:
                assert last.content is not None
                content = last.content
            built = replace(
                attempt.with_content(con, model, content, last),
                status="built",
                part_keys=None if keys is None else len(keys),
                wall_ms=round((time.perf_counter() - started) * 1000),
            )
            record_build(con, built)
            for column, values in changes.items() if built.content_build_id == attempt.build_id else ():
                if values:
                    note_changed_keys(con, model.name, column, attempt.build_id, values)
    except Exception as error:
        run.parts.leave()
        # Whatever a model raises is that model's failure and must not stop the others.
        reason = str(error) if isinstance(error, WarehouseError | duckdb.Error) else repr(error)
        wall_ms = round((time.perf_counter() - started) * 1000)
        built = replace(attempt, error=f"{model.path}: {reason}", wall_ms=wall_ms)
        record_build(con, built)
    return built


def _make_table(
    run: _Run, model: Model, inputs: Mapping[str, str | None], tracked: Collection[str]
) -> dict[str, list[str] | None]:
    """Make the whole table; returns by tracked column the values whose rows differ, null where not known."""
    con = run.con
    if absent := [name for name, version in inputs.items() if version is None]:
        raise WarehouseError(f"reads {', '.join(absent)}, which is not built yet: build it first")
    table = quote_table(model.name)
    before = quote_table(f"{model.name}_before")
    if tracked:
        con.execute(f"alter table {table} rename to {quote_name(f'{model.table}_before')}")
    if model.query is not None and run.engine is not None:
        run.engine.make_table(con, model, table, {name: str(version) for name, version in inputs.items()})
    elif model.query is not None:
        con.execute(f"create or replace table {table} as {model.query}")
    else:
        with registered(con, "built_rows", _python_rows(run, model)):
            con.execute(f"create or replace table {table} as from built_rows")
    _describe_table(con, model, table)
    changes: dict[str, list[str] | None] = {}
    if tracked:
        known = [row[0] for row in con.execute(f"describe {before}").fetchall()]
        if known == list(model.columns):
            for column in sorted(tracked):
                changes[column] = differing_keys(con, model, column, f"from {before}", f"from {table}")
        con.execute(f"drop table {before}")
    return changes


def _create_rows(run: _Run, model: Model, table: str) -> None:
    """Make a temporary table of what the model makes of what it sees: a part of the warehouse."""
    # DuckDB 2.0.0 loses 122,880 rows and more that a transaction inserts into a temporary table of its own.
    create = f"create or replace temp table {table.removeprefix('temp.')} as"
    if model.query is not None:
        run.con.execute(f"{create} {model.query}")
    else:
        with registered(run.con, "built_rows", _python_rows(run, model)):
            run.con.execute(f"{create} from built_rows")


def _python_rows(run: _Run, model: Model) -> pa.Table | pa.RecordBatchReader:
    rows = model.build_function()(run.con, run.context)
    if not isinstance(rows, pa.Table | pa.RecordBatchReader):
        raise WarehouseError(
            f"build returned a {type(rows).__name__}, not a pyarrow.Table or pyarrow.RecordBatchReader"
        )
    return rows


def _describe_table(con: DuckDBPyConnection, model: Model, table: str) -> None:
    """Check the columns of the table and comment on them."""
    found = [row[0] for row in con.execute(f"describe {table}").fetchall()]
    if found != list(model.columns):
        missing = [column for column in model.columns if column not in found]
        extra = [column for column in found if column not in model.columns]
        raise WarehouseError(
            f"the result's columns are not the header's: missing {missing}, extra {extra}"
            if missing or extra
            else f"the result's columns are in another order than the header's: {found}"
        )
    comments = [f"comment on table {table} is {quote_text(f'{model.description} Grain: {model.grain}')}"]
    for column, description in model.columns.items():
        comments.append(f"comment on column {table}.{quote_name(column)} is {quote_text(description)}")
    con.execute("; ".join(comments))


def _drop_orphans(con: DuckDBPyConnection, models: Mapping[str, Model]) -> None:
    """Drop the tables of models that are no more."""
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name in ('core', 'mart')"
    ).fetchall()
    for schema, table in tables:
        if f"{schema}.{table}" not in models:
            with transaction(con):
                con.execute(f"drop table {schema}.{quote_name(table)}")
                con.execute("delete from meta.model_lineage where model = ?", [f"{schema}.{table}"])
