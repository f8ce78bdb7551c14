"""Versions of the content of tables, and which keys each version is about.

By its version the runner knows which models are stale; by the keys, for which repositories. A version that
names no key may have changed every row: to know too little costs time and never a right answer.
"""

# ruff: noqa: S608 - names are parameters

from collections.abc import Collection, Iterable, Mapping

from duckdb import DuckDBPyConnection

PROVENANCE = frozenset({"head_sha", "last_seen", "scanned_at", "wall_ms"})
"""Columns that say from when a row is. They change with every commit of a repository, whatever it changed; so
the content of a table has a second version that leaves them out, for models that do not read them. Whoever
changes this set forgets the sums of all builds (`plain_sum` of `meta.model_build`) by a migration."""
_MOST_KEYS = 5_000
"""Keys of a table that are kept; where more change, to begin anew costs no more."""


def bump_versions(
    con: DuckDBPyConnection,
    table_names: Iterable[str],
    repositories: Mapping[str, Collection[str]] | None = None,
    renewed: Collection[str] = (),
) -> None:
    """Raise the counters of raw tables; in the transaction that changes their rows.

    `repositories` are by table those whose rows may have changed; no other row did. `renewed` are the tables
    of which nothing but `PROVENANCE` changed.
    """
    tables = sorted(table_names)
    names = [[f"raw.{table_name}" for table_name in tables]]
    changed = "(select unnest(?::varchar[]) as name)"
    con.execute(
        "update meta.table_version set version = version + 1, plain_version ="
        " case when table_name in (select unnest(?::varchar[])) then coalesce(plain_version, version)"
        f" else version + 1 end where table_name in {changed}",
        [[f"raw.{table_name}" for table_name in sorted(renewed)], *names],
    )
    con.execute(
        f"insert into meta.table_version by name select name as table_name, 1 as version from {changed}"
        " where name not in (select table_name from meta.table_version)",
        names,
    )
    known = {f"raw.{name}": ids for name in tables if (ids := (repositories or {}).get(name))}
    if known:
        versions = dict(con.execute("select table_name, version from meta.table_version").fetchall())
        for name, ids in known.items():
            note_changed_keys(con, name, "repo_id", versions[name], ids)


def note_changed_keys(
    con: DuckDBPyConnection, table: str, column: str, version: int, keys: Collection[str]
) -> None:
    """Keep what a new version of a table is about; `table` as `schema.table`."""
    place = [table, column]
    if len(keys) <= _MOST_KEYS:
        con.execute(
            "insert into meta.changed_key select ?, ?, ?, unnest(?::varchar[])",
            [*place, version, sorted(set(keys))],
        )
    [(kept,)] = con.execute(
        "select count(*) from meta.changed_key where table_name = ? and column_name = ?", place
    ).fetchall()
    if kept > _MOST_KEYS:
        con.execute("delete from meta.changed_key where table_name = ? and column_name = ?", place)


def changed_keys(
    con: DuckDBPyConnection, table: str, column: str, since: int, now: int
) -> frozenset[str] | None:
    """Keys whose rows differ between two versions of a table; null where that is not known."""
    if table.startswith("raw."):
        wanted = set(range(since + 1, now + 1))
    else:
        builds = con.execute(
            "select distinct content_build_id from meta.model_build"
            " where model = ? and content_build_id > ? and content_build_id <= ?",
            [table, since, now],
        ).fetchall()
        wanted = {build for (build,) in builds}
    rows = con.execute(
        "select version, key from meta.changed_key"
        " where table_name = ? and column_name = ? and version > ? and version <= ?",
        [table, column, since, now],
    ).fetchall()
    if since > now or not wanted <= {version for version, _ in rows}:
        return None
    return frozenset(key for _, key in rows)
