"""An algorithm, and the catalogue of all, `algorithms.csv`: strength, standing and sources of each."""

import csv
from dataclasses import dataclass
from functools import cache
from typing import Any

from sbom.crypto.data import FOLDER


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What a spelling says: only what it states, everything else null. `size` is in bits."""

    name: str
    family: str
    primitive: str | None = None
    mode: str | None = None
    padding: str | None = None
    size: int | None = None
    curve: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row of `algorithms.csv`; `from_memory` marks facts that were not checked against their source."""

    algorithm: str
    family: str
    primitive: str
    functions: tuple[str, ...]
    parameter_set: str | None
    oid: str | None
    classical_bits: str | None
    nist_level: str | None
    quantum: str | None
    nist_sp800_131a: str | None
    nist_ir8547: str | None
    cn_status: str | None
    cn_standard: str | None
    source: str | None
    from_memory: bool
    note: str | None


@cache
def catalogue() -> tuple[CatalogueRow, ...]:
    """All algorithms of the catalogue, in its order."""
    text = FOLDER.joinpath("algorithms.csv").read_text("utf-8")
    rows = []
    for row in csv.DictReader(text.splitlines()):
        values: dict[str, Any] = {name: value or None for name, value in row.items()}
        values["functions"] = tuple((row["functions"] or "").split())
        values["from_memory"] = row["from_memory"] == "true"
        rows.append(CatalogueRow(**values))
    return tuple(rows)
