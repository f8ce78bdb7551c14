"""What changed since the publication before: facts that are new, gone, better, worse or other.

The comparison is made while a new copy is published, because the copy before is still there then; its result
is the table `meta.change_since` of the new copy. `changes.yaml` says what is compared. A publication that
changes nothing hands on the changes of the one before: "since last time" is the last time that anything did.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.store.database import quote_text

TABLE = "meta.change_since"
_COLUMNS = {
    "kind": "kind of fact, as in changes.yaml",
    "change": "new, gone, better, worse or changed",
    "subject_kind": "enterprise, segment or component",
    "subject_id": "id of the subject",
    "item": "what of the subject it is about",
    "before": "value before; null where it was not there, or has none",
    "after": "value now; null likewise",
    "since": "when the publication before was complete; null if it does not tell",
}
_OPPOSITE = {"better": "worse", "worse": "better"}


@cache
def compared_facts() -> Mapping[str, Mapping[str, str]]:
    """`changes.yaml`, by kind."""
    text = files("warehouse.store").joinpath("changes.yaml").read_text("utf-8")
    loaded: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def note_changes(new: Path, before: Path) -> None:
    """Make `meta.change_since` in the copy `new`, compared with the copy `before`, which need not exist.

    A kind whose query does not fit the copy before, which an earlier version made, has no rows.
    Raises `duckdb.Error` if the new copy cannot be written.
    """
    columns = ", ".join(f"{name} {'timestamptz' if name == 'since' else 'varchar'}" for name in _COLUMNS)
    con = duckdb.connect(":memory:")
    try:
        con.execute("set global TimeZone = 'UTC'")
        con.execute(f"attach {quote_text(str(new))} as fresh")
        con.execute("use fresh")
        con.execute("create schema if not exists meta")
        con.execute(f"create or replace table {TABLE} ({columns})")
        con.execute(f"comment on table {TABLE} is 'What changed since the publication before.'")
        for name, text in _COLUMNS.items():
            con.execute(f"comment on column {TABLE}.{name} is {quote_text(text)}")
        if before.is_file():
            con.execute(f"attach {quote_text(str(before))} as earlier (read_only)")
            _compare(con)
            con.execute("use fresh")
            con.execute("detach earlier")
        con.execute("checkpoint fresh")
    finally:
        con.close()


def _compare(con: duckdb.DuckDBPyConnection) -> None:
    since = _value(con, "select max(ended_at) from earlier.meta.run where status = 'succeeded'")
    for kind, fact in compared_facts().items():
        try:
            for side, place in (("earlier", "facts_before"), ("fresh", "facts_after")):
                con.execute(f"use {side}")
                con.execute(f"create or replace temp table {place} as {fact['query']}")
        except duckdb.Error:  # a copy of an earlier version, without the tables of today
            continue
        appears, rises = fact.get("appears", "new"), fact.get("rises")
        con.execute(
            f"""
            insert into fresh.{TABLE}
            select $kind, change, subject_kind, subject_id, item, was, now, $since
            from (
                select
                    coalesce(after.subject_kind, before.subject_kind) as subject_kind,
                    coalesce(after.subject_id, before.subject_id) as subject_id,
                    coalesce(after.item, before.item) as item,
                    before.value as was,
                    after.value as now,
                    case
                        when before.subject_kind is null then $appears
                        when after.subject_kind is null then $vanishes
                        when $rises is null then 'changed'
                        when try_cast(now as double) is null or try_cast(was as double) is null then 'changed'
                        when try_cast(now as double) > try_cast(was as double) then $rises
                        else $falls
                    end as change
                from facts_before as before
                full join facts_after as after
                    on before.subject_kind = after.subject_kind
                    and before.subject_id is not distinct from after.subject_id
                    and before.item is not distinct from after.item
                where before.subject_kind is null or after.subject_kind is null
                    or before.value is distinct from after.value
            )
            order by all
            """,  # noqa: S608 - the name of the table is ours
            {
                "kind": kind,
                "since": since,
                "appears": appears,
                "vanishes": _OPPOSITE.get(appears, "gone"),
                "rises": rises,
                "falls": _OPPOSITE.get(rises or "", "changed"),
            },
        )
    if not _value(con, f"select count(*) from fresh.{TABLE}"):  # noqa: S608
        _value(con, f"insert into fresh.{TABLE} by name select * from earlier.{TABLE}")  # noqa: S608


def _value(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The one value of a query; null where the copy before has no such table."""
    try:
        row = con.execute(query).fetchone()
    except duckdb.Error:
        return None
    return None if row is None else row[0]
