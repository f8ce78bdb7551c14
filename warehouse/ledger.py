"""What the warehouse remembers of earlier builds: content versions, build records, lineage, parameters.

The content of a raw table has the version that `warehouse.store.load` counts. The content of a model has the
number of the last build that changed it, so that a rebuild with an equal result stops the ripple. All
parameters together have one digest, keyed with the key of the pseudonyms: it tells when that key changed.
"""

# ruff: noqa: S608 - names come from file names and headers of our own models, values are parameters

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from duckdb import DuckDBPyConnection

from warehouse.model import PARAMETERS, Model
from warehouse.store.database import quote_name, transaction
from warehouse.store.schema import RAW_TABLES
from warehouse.store.table_versions import PROVENANCE


@dataclass(frozen=True, slots=True)
class Content:
    """What rows a table holds, whatever their order."""

    rows: int
    total: int
    """Sum of the digests of the rows. A sum rather than an exclusive or: two equal rows must not cancel."""
    plain: int
    """The same without the columns of `PROVENANCE`."""

    def changed(self, old: "Content", new: "Content") -> "Content":
        """With some rows taken out and others put in."""
        return Content(
            self.rows - old.rows + new.rows,
            self.total - old.total + new.total,
            self.plain - old.plain + new.plain,
        )


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """A row of `meta.model_build`, where the columns are described."""

    build_id: int
    model: str
    status: Literal["built", "failed"]
    sql_hash: str
    inputs: Mapping[str, str | None]
    built_at: datetime
    content_build_id: int | None = None
    content_hash: str | None = None
    content_sum: str | None = None
    plain_build_id: int | None = None
    plain_hash: str | None = None
    plain_sum: str | None = None
    rows: int | None = None
    part_keys: int | None = None
    wall_ms: int = 0
    error: str | None = None

    @property
    def version(self) -> str:
        """Version of the content."""
        return str(self.content_build_id)

    @property
    def plain_version(self) -> str:
        """Version of the content without `PROVENANCE`."""
        return str(self.plain_build_id or self.content_build_id)

    @property
    def content(self) -> Content | None:
        """What the table holds; null where an earlier version of this program built it."""
        if self.rows is None or self.content_sum is None or self.plain_sum is None:
            return None
        return Content(self.rows, int(self.content_sum), int(self.plain_sum))

    def with_content(
        self, con: DuckDBPyConnection, model: Model, content: Content, last: "BuildRecord | None"
    ) -> "BuildRecord":
        """This build with what it made; its versions are those of the last one where that was the same."""
        content_hash = digest_content(con, model, content.rows, content.total)
        plain_hash = digest_content(con, model, content.rows, content.plain)
        same = last is not None and last.content_hash == content_hash
        alike = same or (last is not None and last.plain_hash == plain_hash)
        return replace(
            self,
            content_build_id=last.content_build_id if last is not None and same else self.build_id,
            content_hash=content_hash,
            content_sum=str(content.total),
            plain_build_id=int(last.plain_version) if last is not None and alike else self.build_id,
            plain_hash=plain_hash,
            plain_sum=str(content.plain),
            rows=content.rows,
        )

    def is_of(self, model: Model, inputs: Mapping[str, str | None]) -> bool:
        """Whether a build now would only repeat this one."""
        return self.sql_hash == model.sql_hash and self.inputs == inputs


def last_builds(con: DuckDBPyConnection) -> dict[str, BuildRecord]:
    """The last successful build of each model whose table is there."""
    result = con.execute(
        "select * replace (epoch_us(built_at) as built_at) from meta.model_build"
        " where status = 'built' and model in (select schema_name || '.' || table_name from duckdb_tables())"
        " qualify row_number() over (partition by model order by build_id desc) = 1"
    )
    columns = [column[0] for column in result.description]
    records = {}
    for row in result.fetchall():
        values = dict(zip(columns, row, strict=True))
        values["built_at"] = datetime.fromtimestamp(values["built_at"] / 1e6, UTC)
        values["inputs"] = json.loads(values["inputs"])
        records[values["model"]] = BuildRecord(**values)
    return records


def record_build(con: DuckDBPyConnection, record: BuildRecord) -> None:
    values = asdict(record) | {"inputs": json.dumps(dict(record.inputs), sort_keys=True)}
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    con.execute(f"insert into meta.model_build ({columns}) values ({marks})", list(values.values()))


def next_build_id(con: DuckDBPyConnection) -> int:
    [(build_id,)] = con.execute("select coalesce(max(build_id), 0) + 1 from meta.model_build").fetchall()
    return int(build_id)


def record_lineage(con: DuckDBPyConnection, model: Model) -> None:
    con.execute("delete from meta.model_lineage where model = ?", [model.name])
    con.execute(
        "insert into meta.model_lineage (model, reads) select ?, unnest(?::varchar[])",
        [model.name, sorted(model.reads)],
    )


def raw_versions(con: DuckDBPyConnection, *, plain: bool = False) -> dict[str, str]:
    """Content version of every raw table, 0 where it was never written; `plain` without `PROVENANCE`."""
    version = "coalesce(plain_version, version)" if plain else "version"
    written = con.execute(f"select table_name, {version} from meta.table_version").fetchall()
    return {f"raw.{name}": "0" for name in RAW_TABLES} | {name: str(version) for name, version in written}


def write_parameters(con: DuckDBPyConnection, parameters: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Make `meta.parameter` hold the parameters; returns its content version by its name."""
    wanted = sorted(parameters.items())
    if con.execute("select name, value from meta.parameter order by name").fetchall() != wanted:
        with transaction(con):
            con.execute("delete from meta.parameter")
            con.execute(
                "insert into meta.parameter (name, value) select unnest(?::varchar[]), unnest(?::varchar[])",
                [[name for name, _ in wanted], [value for _, value in wanted]],
            )
    return {PARAMETERS: hmac.new(key, json.dumps(wanted).encode(), "sha256").hexdigest()}


def measure_content(con: DuckDBPyConnection, model: Model, query: str) -> Content:
    """The content of a query that has the model's columns."""
    plain = ", ".join(quote_name(name) for name in model.columns if name not in PROVENANCE)
    listed = quote_columns(model)
    total = f"coalesce(sum(hash({listed})::hugeint), 0)"
    without = f"coalesce(sum(hash({plain})::hugeint), 0)" if plain and plain != listed else total
    [row] = con.execute(f"select count(*), {total}, {without} from ({query})").fetchall()
    return Content(*row)


def digest_content(con: DuckDBPyConnection, model: Model, rows: int, total: int) -> str:
    """Digest of the columns of the model's table and of its rows, given as their number and sum."""
    kinds = [tuple(row[:2]) for row in con.execute(f"describe {quote_table(model.name)}").fetchall()]
    return hashlib.sha256(json.dumps([kinds, rows, str(total)]).encode()).hexdigest()


def quote_table(name: str) -> str:
    """`schema.table` as SQL."""
    return ".".join(map(quote_name, name.split(".", 1)))


def quote_columns(model: Model) -> str:
    """The columns of the model as SQL."""
    return ", ".join(map(quote_name, model.columns))
