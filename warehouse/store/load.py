"""Load shards and whole tables into schema `raw`, each call one transaction.

Every change of a raw table raises its counter in `meta.table_version` in the same transaction: by that the
runner knows which models are stale. Fact tables have no keys: rows are deleted and inserted. They come from
files or Arrow tables in one statement for many repositories, never from `executemany`.
"""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone, values are parameters

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.database import quote_name, registered, transaction
from warehouse.store.erasure import forget_erased, without_erased
from warehouse.store.schema import PRIVACY_TABLES, RAW_TABLES, REPOSITORY_FACTS
from warehouse.store.shard import SCANNER_TABLES, VANISHED, Shard, describe_difference, read_shard
from warehouse.store.table_versions import PROVENANCE, bump_versions

# A folder called `key=value` is not a column.
_PARQUET = "read_parquet(?, hive_partitioning = false)"
_PROVENANCE = ("head_sha", "parser_version")
_COMMIT_TABLES = tuple(name for name in SCANNER_TABLES["history"] if "sha" in RAW_TABLES[name].schema.names)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What `load_shards` did."""

    loaded: tuple[Path, ...]
    refused: Mapping[Path, str]
    """Reason by shard; a refused shard changes nothing."""
    rows: Mapping[str, int]
    """Rows inserted by raw table."""


def load_shards(con: DuckDBPyConnection, shards: Sequence[Path]) -> LoadReport:
    """Load many shards in one transaction; of two for the same repository and scanner the later one counts.

    A `replace` shard takes the place of the repository's rows of its scanner. An `append` shard takes the
    place of the commits that it holds and of the scan row, and adds the unknowns that are not yet there. A
    `failed` shard takes the place of the scan row alone. A shard that is incomplete, does not follow the
    schema or is damaged is refused and the others are loaded.
    Deletes nothing from disk. Raises `WarehouseError` if the warehouse refuses: nothing is loaded then.
    """
    accepted: list[Shard] = []
    refused: dict[Path, str] = {}
    for path in shards:
        try:
            accepted.append(read_shard(path))
        except WarehouseError as error:
            refused[path] = str(error)
    while True:
        try:
            with transaction(con):
                rows = _load(con, accepted)
        except duckdb.Error as error:
            # A damaged page shows only when it is read; to look for one beforehand would read all rows twice.
            damage = {shard.path: reason for shard in accepted if (reason := _find_damage(con, shard))}
            if not damage:
                raise WarehouseError(f"no shard was loaded: {error}") from error
            refused |= damage
            accepted = [shard for shard in accepted if shard.path not in damage]
        else:
            return LoadReport(tuple(shard.path for shard in accepted), refused, rows)


def replace_table(con: DuckDBPyConnection, table_name: str, table: pa.Table) -> bool:
    """Replace the rows of a workspace or taxonomy table; false if it held exactly these rows already.

    Raises `WarehouseError` if the table is not one of those or if the columns are not the schema's.
    """
    return bool(replace_tables(con, {table_name: table}))


def replace_tables(con: DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> frozenset[str]:
    """Replace the rows of several such tables, all of them or none; returns those that changed.

    Raises `WarehouseError` as `replace_table` does.
    """
    for table_name, table in tables.items():
        _check_replacement(table_name, table)
    changed: dict[str, list[str]] = {}
    table_name = ""
    try:
        with transaction(con):
            for table_name, table in tables.items():
                if (repositories := _replace(con, table_name, table)) is not None:
                    changed[table_name] = repositories
            bump_versions(con, changed, changed)
    except duckdb.Error as error:
        raise WarehouseError(f"raw.{table_name} keeps its rows: {error}") from error
    return frozenset(changed)


def _check_replacement(table_name: str, table: pa.Table) -> None:
    if table_name not in RAW_TABLES or table_name in REPOSITORY_FACTS + PRIVACY_TABLES:
        raise WarehouseError(f"{table_name} is not a table that can be replaced whole")
    schema = RAW_TABLES[table_name].schema
    if not table.schema.equals(schema):
        raise WarehouseError(f"raw.{table_name}: columns differ: {describe_difference(table.schema, schema)}")


def _replace(con: DuckDBPyConnection, table_name: str, table: pa.Table) -> list[str] | None:
    """Replace a table's rows; returns the repositories that differ where rows are of one.

    Null if it held exactly these rows.
    """
    target, columns = _target(table_name)
    new, old = f"from {without_erased(table_name, 'replacement')}", f"select {columns} from {target}"
    with registered(con, "replacement", table):
        difference = f"({old} except all select * {new}) union all (select * {new} except all {old})"
        if _count(con, f"select count(*) from ({difference})", []) == 0:
            return None
        repositories: list[tuple[str | None]] = []
        if "repo_id" in table.schema.names:
            repositories = con.execute(f"select distinct repo_id from ({difference})").fetchall()
        con.execute(f"delete from {target}")
        con.execute(f"insert into {target} ({columns}) select {columns} {new}")
    named = [repo_id for (repo_id,) in repositories if repo_id is not None]
    return named if len(named) == len(repositories) else []


def drop_repositories(con: DuckDBPyConnection, keep: Iterable[str]) -> tuple[str, ...]:
    """Delete the facts of every repository that is not in `keep`; returns their ids, sorted."""
    kept = [sorted(set(keep))]
    gone = "repo_id not in (select unnest(?::varchar[]))"
    dropped: set[str] = set()
    try:
        with transaction(con):
            changed: dict[str, set[str]] = {}
            for table_name in REPOSITORY_FACTS:
                select = f"select distinct repo_id from {_target(table_name)[0]} where {gone}"
                found = {repo_id for (repo_id,) in con.execute(select, kept).fetchall()}
                if _delete(con, table_name, gone, kept):
                    changed[table_name] = found
                dropped |= found
            bump_versions(con, changed, changed)
    except duckdb.Error as error:
        raise WarehouseError(f"no repository was dropped: {error}") from error
    return tuple(sorted(dropped))


def _load(con: DuckDBPyConnection, shards: Sequence[Shard]) -> dict[str, int]:
    """Insert the rows of the shards in place of older ones; returns the rows inserted by table."""
    rows: Counter[str] = Counter()
    repositories = sorted({shard.repo_id for shard in shards})
    known = _scanned_before(con, repositories)
    before = _sum_plain(con, known) if known else {}
    changed: set[str] = set()
    anywhere: set[str] = set()  # tables in which rows of other repositories changed too
    for number, batch in enumerate(_without_repetition(shards)):
        if known or number:  # else no table holds a row of them, and to look through all would be for nothing
            changed |= _delete_replaced(con, batch) | _delete_appended(con, batch)
        anywhere |= forget_erased(con, _PARQUET, _files(batch, "identity"))
        for table_name in REPOSITORY_FACTS:
            target, columns = _target(table_name)
            if files := _files(batch, table_name):
                source = without_erased(table_name, f"(from {_PARQUET})")
                insert = f"insert into {target} ({columns}) select {columns} from {source}"
                rows[table_name] += _count(con, insert, [files])
        if files := _files(batch, VANISHED):
            gone = f"(repo_id, sha) in (select (repo_id, sha) from {_PARQUET}) and vanished is not true"
            if _count(con, f"update raw.commit set vanished = true where {gone}", [files]):
                changed.add("commit")
    con.execute("drop table if exists temp.loading")
    changed |= anywhere | {name for name, count in rows.items() if count}
    after = _sum_plain(con, repositories, before)
    renewed = {name for name in before if before[name] == after[name]} - anywhere
    bump_versions(con, changed, dict.fromkeys(changed - anywhere, repositories), renewed)
    return dict(rows)


def _scanned_before(con: DuckDBPyConnection, repositories: list[str]) -> list[str]:
    """Those of the repositories of which the warehouse may hold facts: each shard brings a scan row."""
    rows = con.execute(
        "select distinct repo_id from raw.repository_scan where repo_id in (select unnest(?::varchar[]))",
        [repositories],
    ).fetchall()
    return [repo_id for (repo_id,) in rows]


def _sum_plain(
    con: DuckDBPyConnection, repositories: list[str], tables: Iterable[str] = REPOSITORY_FACTS
) -> dict[str, tuple[int, int]]:
    """Rows of these repositories and the sum of their digests, `PROVENANCE` aside.

    By table, of those that have such columns and hold rows of these repositories.
    """
    found = {}
    for name in tables:
        plain = [column for column in RAW_TABLES[name].schema.names if column not in PROVENANCE]
        if len(plain) == len(RAW_TABLES[name].schema):
            continue
        digest = f"hash({', '.join(map(quote_name, plain))})"
        [(rows, total)] = con.execute(
            f"select count(*), sum({digest}::hugeint) from raw.{quote_name(name)}"
            " where repo_id in (select unnest(?::varchar[]))",
            [repositories],
        ).fetchall()
        if rows or tables is not REPOSITORY_FACTS:
            found[name] = rows, total
    return found


def _without_repetition(shards: Sequence[Shard]) -> list[list[Shard]]:
    """Batches in which a repository and scanner stands once, its shards in their order."""
    batches: list[list[Shard]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for shard in shards:
        index = seen[shard.repo_id, shard.scanner]
        seen[shard.repo_id, shard.scanner] += 1
        if index == len(batches):
            batches.append([])
        batches[index].append(shard)
    return batches


def _delete_replaced(con: DuckDBPyConnection, batch: Sequence[Shard]) -> set[str]:
    """Delete what `replace` shards stand for, and the scan rows of all; returns the tables that changed."""
    con.execute(
        "create or replace temp table loading as"
        " select unnest(?::varchar[]) as repo_id, unnest(?::varchar[]) as scanner,"
        " unnest(?::varchar[]) as mode",
        [[s.repo_id for s in batch], [s.scanner for s in batch], [s.mode for s in batch]],
    )
    scanned = "select (repo_id, scanner) from temp.loading"
    replaced = f"{scanned} where mode = 'replace'"
    changed = _delete(con, "repository_scan", f"(repo_id, scanner) in ({scanned})")
    changed |= _delete(con, "unknown", f"(repo_id, scanner) in ({replaced})")
    for scanner, tables in SCANNER_TABLES.items():
        for table_name in tables:
            changed |= _delete(con, table_name, f"(repo_id, ?) in ({replaced})", [scanner])
    return changed


def _delete_appended(con: DuckDBPyConnection, batch: Sequence[Shard]) -> set[str]:
    """Delete what `append` shards bring again, and all tags where they bring any; returns what changed.

    An unknown is the same whatever the commit and parser version that met it last.
    """
    appended = [shard for shard in batch if shard.mode == "append"]
    changed: set[str] = set()
    if files := _files(appended, "commit"):
        for table_name in _COMMIT_TABLES:
            again = f"(repo_id, sha) in (select (repo_id, sha) from {_PARQUET})"
            changed |= _delete(con, table_name, again, [files])
    for table_name, key in (("identity", "(repo_id, identity_id)"), ("tag", "repo_id")):
        if files := _files(appended, table_name):
            changed |= _delete(con, table_name, f"{key} in (select {key} from {_PARQUET})", [files])
    if files := _files(appended, "unknown"):
        columns = [name for name in RAW_TABLES["unknown"].schema.names if name not in _PROVENANCE]
        row = f"({', '.join(map(quote_name, columns))})"
        changed |= _delete(con, "unknown", f"{row} in (select {row} from {_PARQUET})", [files])
    return changed


def _delete(
    con: DuckDBPyConnection, table_name: str, condition: str, parameters: Sequence[object] = ()
) -> set[str]:
    """Delete rows; returns the table's name if there were any."""
    deleted = _count(con, f"delete from {_target(table_name)[0]} where {condition}", list(parameters))
    return {table_name} if deleted else set()


def _find_damage(con: DuckDBPyConnection, shard: Shard) -> str | None:
    """Why a file of the shard cannot be read to its end, null if all can."""
    for file in shard.files.values():
        try:
            con.execute(f"select bit_xor(hash(t)) from {_PARQUET} t", [[str(file)]]).fetchall()
        except duckdb.Error as error:
            return f"{file.name}: damaged: {error}"
    return None


def _files(shards: Sequence[Shard], table_name: str) -> list[str]:
    return [str(shard.files[table_name]) for shard in shards if table_name in shard.files]


def _target(table_name: str) -> tuple[str, str]:
    """Quoted name of a raw table and its quoted columns."""
    return f"raw.{quote_name(table_name)}", ", ".join(map(quote_name, RAW_TABLES[table_name].schema.names))


def _count(con: DuckDBPyConnection, statement: str, parameters: list[object]) -> int:
    """The count that a statement returns, such as of rows inserted or deleted."""
    [(rows,)] = con.execute(statement, parameters).fetchall()
    return int(rows)
