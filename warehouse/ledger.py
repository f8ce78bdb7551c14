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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from duckdb import DuckDBPyConnection

from warehouse.model import PARAMETERS, Model
from warehouse.store.database import quote_name, transaction
from warehouse.store.schema import RAW_TABLES


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
    rows: int | None = None
    wall_ms: int = 0
    error: str | None = None

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


def raw_versions(con: DuckDBPyConnection) -> dict[str, str]:
    """Content version of every raw table, 0 where it was never written."""
    written = con.execute("select table_name, version from meta.table_version").fetchall()
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


def measure_content(con: DuckDBPyConnection, model: Model) -> tuple[int, str]:
    """Rows of the model's table, and a digest of its columns and rows whatever their order."""
    columns = ", ".join(map(quote_name, model.columns))
    kinds = [tuple(row[:2]) for row in con.execute(f"describe {quote_table(model)}").fetchall()]
    # A sum rather than an exclusive or: two equal rows must not cancel each other out.
    [(rows, total)] = con.execute(
        f"select count(*), coalesce(sum(hash({columns})::hugeint), 0)::varchar from {quote_table(model)}"
    ).fetchall()
    return rows, hashlib.sha256(json.dumps([kinds, rows, total]).encode()).hexdigest()


def quote_table(model: Model) -> str:
    return f"{model.schema}.{quote_name(model.table)}"
