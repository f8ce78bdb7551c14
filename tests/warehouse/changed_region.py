"""Random changes of a region as scans bring them: through shards and the loader."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from warehouse.store.load import drop_repositories, load_shards, replace_table
from warehouse.store.schema import RAW_TABLES
from warehouse.store.shard import SCANNER_TABLES

Change = Callable[[DuckDBPyConnection, Random, Path], None]


def renew(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """A commit that changes nothing that is scanned."""
    _load(con, folder, {repo: _facts(con, repo) for repo in _some(con, rng)}, rng)


def cut(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """A third of all rows is gone."""
    found = {}
    for repo in _some(con, rng):
        facts = _facts(con, repo)
        found[repo] = {
            name: table.filter(pa.array([rng.random() > 0.3 for _ in range(len(table))], pa.bool_()))
            for name, table in facts.items()
        }
    _load(con, folder, found, rng)


def borrow(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """A repository has what another one has, beside its own or in place of it."""
    found = {}
    for repo in _some(con, rng):
        other = _as_of(_facts(con, rng.choice(_repositories(con))), repo)
        own = _facts(con, repo)
        beside = rng.random() < 0.5
        found[repo] = {
            name: pa.concat_tables([own[name], other[name]]) if beside else other[name] for name in own
        }
    _load(con, folder, found, rng)


def upgrade(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """Other versions of what is used, so that package URLs come that nobody had and others go."""
    found = {}
    for repo in _some(con, rng):
        facts = _facts(con, repo)
        version = f"{rng.randrange(9)}.{rng.randrange(9)}.0"
        for name, columns in (("component", ["purl"]), ("dependency", ["from_purl", "to_purl"])):
            for column in columns:
                facts[name] = _set(
                    facts[name],
                    column,
                    pc.replace_substring_regex(facts[name][column], r"@[^?#]*", f"@{version}"),
                )
        stated = pc.if_else(pc.is_null(facts["component"]["version"]), None, version)
        facts["component"] = _set(facts["component"], "version", stated.cast(pa.string()))
        found[repo] = facts
    _load(con, folder, found, rng)


def add(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """A new repository, with the facts of another one."""
    like = rng.choice(_repositories(con))
    repo = f"{like}-{folder.name}"
    table = con.sql("from raw.repository").to_arrow_table().cast(RAW_TABLES["repository"].schema)
    row = table.filter(pc.equal(table["repo_id"], like))
    replace_table(con, "repository", pa.concat_tables([table, _set(row, "repo_id", repo)]))
    _load(con, folder, {repo: _as_of(_facts(con, like), repo)}, rng)


def remove(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """A repository is no longer in the workspace."""
    table = con.sql("from raw.repository").to_arrow_table().cast(RAW_TABLES["repository"].schema)
    gone = rng.choice(_repositories(con))
    kept = table.filter(pc.not_equal(table["repo_id"], gone))
    replace_table(con, "repository", kept)
    drop_repositories(con, kept["repo_id"].to_pylist())


def tell(con: DuckDBPyConnection, rng: Random, folder: Path) -> None:
    """What the region's repositories do not tell changes: advisories, rules, owners, registries."""
    name = rng.choice(
        ["advisory_affected", "evidence_rule", "enterprise_domain", "epss", "kev", "vex_statement"]
    )
    table = con.sql(f"from raw.{name}").to_arrow_table().cast(RAW_TABLES[name].schema)
    kept = pa.array([rng.random() > 0.2 for _ in range(len(table))], pa.bool_())
    replace_table(con, name, table.filter(kept))


CHANGES: tuple[Change, ...] = (renew, cut, borrow, upgrade, add, remove, tell)


def _repositories(con: DuckDBPyConnection) -> list[str]:
    return [
        row[0] for row in con.execute("select distinct repo_id from raw.repository order by 1").fetchall()
    ]


def _some(con: DuckDBPyConnection, rng: Random) -> list[str]:
    return rng.sample(_repositories(con), 3)


def _facts(con: DuckDBPyConnection, repo: str) -> dict[str, pa.Table]:
    """The facts of a repository by table, whatever scanner they are of."""
    return {
        name: con.sql(f'select * from raw."{name}" where repo_id = ?', params=[repo])
        .to_arrow_table()
        .select(RAW_TABLES[name].schema.names)
        .cast(RAW_TABLES[name].schema)
        for tables in SCANNER_TABLES.values()
        for name in tables
    }


def _as_of(facts: dict[str, pa.Table], repo: str) -> dict[str, pa.Table]:
    return {name: _set(table, "repo_id", repo) for name, table in facts.items()}


def _set(table: pa.Table, column: str, values: pa.ChunkedArray | str) -> pa.Table:
    """The table with other texts in a column, or one text in all rows."""
    if isinstance(values, str):
        values = pa.array([values] * len(table), pa.string())
    index = table.schema.get_field_index(column)
    return table.set_column(index, table.schema.field(index), values)


def _load(con: DuckDBPyConnection, folder: Path, facts: dict[str, dict[str, pa.Table]], rng: Random) -> None:
    """Load shards of all scanners, read from a new commit."""
    shards = []
    for repo, tables in facts.items():
        head = f"{rng.getrandbits(160):040x}"
        for scanner, names in SCANNER_TABLES.items():
            path = folder / f"{len(shards)}"
            path.mkdir(parents=True)
            row = {"repo_id": repo, "scanner": scanner, "status": "succeeded", "head_sha": head}
            schema = RAW_TABLES["repository_scan"].schema
            scan = pa.Table.from_pylist([{name: row.get(name) for name in schema.names}], schema)
            pq.write_table(scan, path / "repository_scan.parquet")
            for name in names:
                table = _set(tables[name], "head_sha", head)
                pq.write_table(table, path / f"{name}.parquet")
            (path / "shard.json").write_text(
                f'{{"repo_id": "{repo}", "scanner": "{scanner}", "mode": "replace"}}'
            )
            shards.append(path)
    report = load_shards(con, shards)
    assert not report.refused, report.refused
