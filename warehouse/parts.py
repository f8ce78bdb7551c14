"""Build a model for the repositories that changed, and put their rows in place of the earlier ones.

The model is run as it stands, in a database beside the warehouse that has the same tables: of those that its
header names under `incremental: rows` with the rows of these repositories only, of the others with all. So a
`.sql` and a `.py` model need no second form, and what a partial build makes is what a full one would make.
"""

# ruff: noqa: S608 - names come from file names and headers of our own models, values are parameters

from collections.abc import Callable, Collection, Mapping

from duckdb import DuckDBPyConnection

from warehouse.ledger import BuildRecord, Content, measure_content, quote_columns, quote_table
from warehouse.model import Model
from warehouse.store.database import quote_name
from warehouse.store.table_versions import changed_keys

_PLACE = "part_of_warehouse"
_ROWS = "temp.part_rows"
_CHOSEN = f"(select key from {_PLACE}.main.chosen)"
_COPIED = 500
"""Rows of up to so many repositories are copied once for all models; those of more are selected each time."""


def tracked_columns(models: Collection[Model]) -> dict[str, frozenset[str]]:
    """Columns by which incremental models find what changed, by table."""
    columns: dict[str, set[str]] = {}
    for model in models:
        if (parts := model.incremental) is not None:
            for table in (model.name, *parts.rows):
                columns.setdefault(table, set()).add(parts.by)
            for place in parts.lookups:
                table, _, column = place.rpartition(".")
                columns.setdefault(table, set()).add(column)
    return {table: frozenset(names) for table, names in columns.items()}


def changed_parts(
    con: DuckDBPyConnection, model: Model, last: BuildRecord | None, inputs: Mapping[str, str | None]
) -> frozenset[str] | None:
    """Repositories for which the model must be built again; null if in full."""
    parts = model.incremental
    if parts is None or last is None or last.content is None or last.sql_hash != model.sql_hash:
        return None
    found: set[str] = set()
    for name, version in inputs.items():
        before = last.inputs.get(name)
        if before == version:
            continue
        places = [place for place in parts.lookups if place.rpartition(".")[0] == name]
        if before is None or version is None or (name not in parts.rows and not places):
            return None
        for column in [parts.by] if name in parts.rows else [place.rpartition(".")[2] for place in places]:
            keys = changed_keys(con, name, column, int(before), int(version))
            if keys is not None and name not in parts.rows:
                keys = _who_look_up(con, model, f"{name}.{column}", keys)
            if keys is None:
                return None
            found |= keys
    return frozenset(found)


def _who_look_up(
    con: DuckDBPyConnection, model: Model, place: str, keys: frozenset[str]
) -> frozenset[str] | None:
    """Repositories whose rows name one of the keys of a looked-up table; null if one has no name itself."""
    assert model.incremental is not None
    found: set[str | None] = set()
    for source in model.incremental.lookups[place] if keys else ():
        table, _, column = source.rpartition(".")
        rows = con.execute(
            f"select distinct {quote_name(model.incremental.by)} from {quote_table(table)}"
            f" where cast({quote_name(column)} as varchar) in (select unnest(?::varchar[]))",
            [sorted(keys)],
        ).fetchall()
        found |= {repository for (repository,) in rows}
    named = frozenset(repository for repository in found if repository is not None)
    return named if len(named) == len(found) else None


def differing_keys(
    con: DuckDBPyConnection, model: Model, column: str, before: str, after: str
) -> list[str] | None:
    """Values of a column whose rows differ between two queries; null where rows without a value do."""
    listed, key = quote_columns(model), f"cast({quote_name(column)} as varchar)"
    rows = con.execute(
        f"select key from (select {key} as key, hash({listed})::hugeint as digest, 1 as side from ({before})"
        f" union all select {key}, hash({listed})::hugeint, -1 from ({after}))"
        " group by key having sum(side) <> 0 or sum(side * digest) <> 0"
    ).fetchall()
    return None if (None,) in rows else [key for (key,) in rows]


class Parts:
    """The database beside the warehouse; one for all models of a run."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        [(self._warehouse,)] = con.execute("select current_database()").fetchall()
        self._chosen: frozenset[str] | None = None
        self._made: dict[str, tuple[str, str, str | None]] = {}
        """By table: table or view, its version, and the column by which rows were chosen."""

    def close(self) -> None:
        """Forget it all."""
        if self._chosen is not None:
            self.leave()
            self._con.execute(f"drop table if exists {_ROWS}; detach {_PLACE}")

    def leave(self) -> None:
        """Let names mean the warehouse; after a failed build, once its transaction has been rolled back."""
        self._con.execute(f"use {quote_name(self._warehouse)}")

    def prepare(self, model: Model, inputs: Mapping[str, str | None], keys: frozenset[str]) -> None:
        """Make what a build of the model for these repositories reads; outside of any transaction."""
        assert model.incremental is not None
        self._choose(keys)
        for name, version in inputs.items():
            by = model.incremental.by if name in model.incremental.rows else None
            copied = by is not None and len(self._chosen or ()) <= _COPIED
            wanted = ("table" if copied else "view", str(version), by)
            made = self._made.get(name)
            if made == wanted or (made and not copied and made[::2] == wanted[::2]):
                continue
            if made:
                self._con.execute(f"drop {made[0]} {_PLACE}.{quote_table(name)}")
            condition = f" where cast({quote_name(by)} as varchar) in {_CHOSEN}" if by else ""
            self._con.execute(
                f"create {wanted[0]} {_PLACE}.{quote_table(name)} as"
                f" select * from {quote_name(self._warehouse)}.{quote_table(name)}{condition}"
            )
            self._made[name] = wanted

    def _choose(self, keys: frozenset[str]) -> None:
        """Keep the repositories chosen before where they are not many more: what was copied serves again."""
        before = self._chosen
        if before is None:
            self._con.execute(f"attach ':memory:' as {_PLACE}")
            schemas = "; ".join(f"create schema {_PLACE}.{name}" for name in ("raw", "core", "mart", "meta"))
            self._con.execute(f"{schemas}; create table {_PLACE}.main.chosen (key varchar)")
            before = frozenset()
        elif keys <= before and len(before) <= 2 * len(keys) + 100:
            return
        together = before | keys
        self._chosen = together if len(together) <= 2 * len(keys) + 100 else keys
        for name, (kind, *_) in self._made.items():
            self._con.execute(f"drop {kind} {_PLACE}.{quote_table(name)}")
        self._made.clear()
        self._con.execute(f"delete from {_PLACE}.main.chosen")
        self._con.execute(
            f"insert into {_PLACE}.main.chosen select unnest(?::varchar[])", [sorted(self._chosen)]
        )

    def build(
        self, model: Model, last: BuildRecord, tracked: Collection[str], create: Callable[[str], None]
    ) -> tuple[Content, dict[str, list[str] | None]]:
        """Renew the rows of the prepared repositories, in the caller's transaction.

        `create` makes a temporary table of the model's rows, of this name. Returns the content of the whole
        table, and by tracked column the values whose rows differ.
        """
        assert model.incremental is not None and last.content is not None
        con, table, by = self._con, quote_table(model.name), quote_name(model.incremental.by)
        con.execute(f"use {_PLACE}")
        create(_ROWS)
        self.leave()
        before = f"select * from {table} where cast({by} as varchar) in {_CHOSEN}"
        changes = {
            column: differing_keys(con, model, column, before, f"from {_ROWS}") for column in sorted(tracked)
        }
        old, new = measure_content(con, model, before), measure_content(con, model, f"from {_ROWS}")
        if old != new:
            columns = quote_columns(model)
            con.execute(f"delete from {table} where cast({by} as varchar) in {_CHOSEN}")
            con.execute(f"insert into {table} ({columns}) select {columns} from {_ROWS}")
        return last.content.changed(old, new), changes
