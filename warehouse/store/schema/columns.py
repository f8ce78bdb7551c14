"""How a raw table is declared, and the columns that several tables share."""

from dataclasses import dataclass

import pyarrow as pa

TEXT, INT, BIG, BOOL, REAL = pa.string(), pa.int32(), pa.int64(), pa.bool_(), pa.float64()
TEXTS = pa.list_(pa.string())
DATE, TIME = pa.date32(), pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Table:
    """A raw table: its name in schema `raw`, what one row stands for, and its columns."""

    name: str
    grain: str
    schema: pa.Schema


def table(name: str, grain: str, *columns: tuple[str, pa.DataType, str]) -> Table:
    fields = [pa.field(column, kind, metadata={"comment": comment}) for column, kind, comment in columns]
    return Table(name, grain, pa.schema(fields))


REPOSITORY = ("repo_id", TEXT, "canonical id: host/owner/name, or local/<enterprise>/<name>")
HEAD = ("head_sha", TEXT, "commit that was read; null for a plain folder")
PARSER = (
    ("path", TEXT, "source file, repository-relative"),
    ("line", INT, "line in the source file, from 1; null where the format has none"),
    ("parser", TEXT, "what produced the row"),
    ("parser_version", TEXT, "version of what produced the row"),
)
PACKAGE = (
    ("purl", TEXT, "package URL with version where one is known"),
    ("type", TEXT, "purl type"),
    ("namespace", TEXT, "purl namespace, null if none"),
    ("name", TEXT, "purl name"),
    ("version", TEXT, "version as written; null where a manifest only constrains it"),
)
