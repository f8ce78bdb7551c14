"""Advisories that were read and keyed once, kept in a file that any number of processes open.

The file is a warehouse with the advisory tables and the models that read nothing else. Its name is a digest
of the content of the advisories, of the code and data that read them and of the version of DuckDB, so that it
is never out of date: what changed has another name. It appears under its name when it is complete, and is
only read from then on.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

import warehouse
from warehouse.advisories.files import digest_file, find_advisory_files
from warehouse.advisories.load import load_advisories
from warehouse.errors import WarehouseError
from warehouse.model import Model
from warehouse.runner import ModelContext, build_models
from warehouse.store.database import open_database, quote_name, quote_text, registered
from warehouse.store.files import temporary_beside
from warehouse.store.load import replace_tables
from warehouse.store.schema import ADVISORY_TABLES

_KEPT_FILES = 4
_CODE = ("advisories", "versions", "store/schema", "store/migrations")
_NAME = "advisories"


def put_advisories(
    con: DuckDBPyConnection, folders: Sequence[Path], cache: Path | None, models: Mapping[str, Model]
) -> frozenset[str]:
    """Give an empty warehouse in memory the advisories of some folders; returns which `models` are built.

    They are read from `cache`, a folder, where they were kept there before, and are kept there otherwise. A
    cache that cannot be read or written, null included, costs time and nothing else.

    Raises:
        WarehouseError: a folder of advisories is missing, or none of its files can be read.
    """
    if cache is not None:
        models = _advisory_models(models)
        key = _key(folders, models)
        path = cache / f"advisories-{key}.duckdb"
        if path.is_file() and _attach(con, path, models):
            return frozenset(models)
    tables = load_advisories(folders)
    unchanged = cache is not None and _key(folders, models) == key
    if unchanged and _keep(path, tables, models) and _attach(con, path, models):
        return frozenset(models)
    for name, table in tables.items():
        with registered(con, "given_rows", table):
            con.execute(f"insert into raw.{quote_name(name)} by name from given_rows")
    return frozenset()


def _advisory_models(models: Mapping[str, Model]) -> dict[str, Model]:
    """Those that read advisories, or others of them, and nothing else; `models` are in their order."""
    found: dict[str, Model] = {}
    raw = {f"raw.{table}" for table in ADVISORY_TABLES}
    for name, model in models.items():
        if model.reads and model.reads <= raw | found.keys():
            found[name] = model
    return found


def _key(folders: Sequence[Path], models: Mapping[str, Model]) -> str:
    """Of the names and contents of all files, in their order, and of what reads them."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for folder in folders:
        for file in find_advisory_files(folder):
            facts = f"{folder.absolute()}\0{file.name}\0{digest_file(file.path)}\n"
            digest.update(facts.encode("utf-8", "surrogateescape"))
    code = Path(warehouse.__file__).parent
    for part in _CODE:
        for path in sorted((code / part).glob("*.*")):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for model in models.values():
        digest.update(model.sql_hash.encode())
    return digest.hexdigest()


def _keep(path: Path, tables: Mapping[str, pa.Table], models: Mapping[str, Model]) -> bool:
    """Write the file; false where the folder lets nothing be written."""
    fresh = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = temporary_beside(path)
        with closing(open_database(fresh)) as con:
            replace_tables(con, tables)
            builds = build_models(con, ModelContext(date.min, b""), set(models), models=models)
            if any(build.rows is None for build in builds):
                return False
            con.execute("checkpoint")
        fresh.replace(path)
        _forget_old(path.parent)
    except (OSError, WarehouseError, duckdb.Error):
        return False
    finally:
        if fresh is not None:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    return True


def _forget_old(folder: Path) -> None:
    """Keep the files that were used last. Who has one open goes on reading it."""
    kept = sorted(folder.glob("advisories-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_KEPT_FILES:]:
        path.unlink(missing_ok=True)


def _attach(con: DuckDBPyConnection, path: Path, models: Mapping[str, Model]) -> bool:
    """Let the tables of the file stand in place of the empty ones; false if it cannot be read."""
    try:
        con.execute(f"attach {quote_text(str(path))} as {_NAME} (read_only)")
    except duckdb.Error:
        path.unlink(missing_ok=True)  # damaged, or another process has just removed it
        return False
    with suppress(OSError):
        os.utime(path)
    for table in sorted(ADVISORY_TABLES):
        name = f"raw.{quote_name(table)}"
        con.execute(f"drop table {name}; create view {name} as from {_NAME}.{name}")
    for model in models.values():
        name = f"{model.schema}.{quote_name(model.table)}"
        con.execute(f"create view {name} as from {_NAME}.{name}")
    for memory in ("model_build", "table_version"):
        con.execute(f"insert into meta.{memory} by name from {_NAME}.meta.{memory}")
    return True
