"""Which models may read the columns that say from when a row is.

A commit that changes no lock file changes nothing of its components but the commit that they were read from.
Models that do not read that column need not be built again; where it cannot be told, a model is taken to read
it.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from warehouse.sql import walk
from warehouse.store.table_versions import PROVENANCE

_TABLE = re.compile(r"\b(?:raw|core|mart)\.\w", re.IGNORECASE)
_WORDS = re.compile(
    rf"{'|'.join(sorted(PROVENANCE))}|(?:select|,|distinct)\s+\*|\w\.\*|(?:^|\()\s*from\s", re.IGNORECASE
)
"""Names of the columns, stars, and FROM without SELECT."""


def tables_read_whole(nodes: list[dict[str, Any]], reads: frozenset[str]) -> frozenset[str]:
    """Tables of which a SELECT may read `PROVENANCE`: by name, by a star, or as a part of a whole row."""
    tables = {
        str(node.get("alias") or node["table_name"]).lower(): _full_name(node)
        for node in nodes
        if node.get("type") == "BASE_TABLE" and node.get("schema_name")
    }
    columns = {str(node["alias"]).lower() for node in nodes if node.get("class") and node.get("alias")}
    whole: set[str] = set()
    for node in nodes:
        if node.get("class") == "COLUMN_REF":
            names = [str(name).lower() for name in node["column_names"]]
            if names[-1] in PROVENANCE:
                return reads
            if len(names) == 1 and names[0] in tables and names[0] not in columns:
                whole.add(tables[names[0]])
        if node.get("type") == "SELECT_NODE" and any(
            part.get("class") == "STAR" for part in walk(node["select_list"])
        ):
            whole |= set(_tables_of(node["from_table"]))
    return frozenset(whole)


def _tables_of(source: dict[str, Any]) -> Iterator[str]:
    """Tables that stand in a FROM themselves, not within a query in it."""
    if source.get("type") == "BASE_TABLE" and source.get("schema_name"):
        yield _full_name(source)
    for side in ("left", "right"):
        if isinstance(source.get(side), dict):
            yield from _tables_of(source[side])


def _full_name(table: dict[str, Any]) -> str:
    return f"{table['schema_name']}.{table['table_name']}".lower()


def may_read_provenance(text: str) -> bool:
    """Whether SQL in a Python module may read a column of `PROVENANCE`, by its words alone."""
    nodes = list(ast.walk(ast.parse(text)))
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    return any(
        _WORDS.search(node.value) and (id(node) in parts or _TABLE.search(node.value))
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    )
