"""Rules of the policy: one module per section, found by discovery.

A module defines `SECTION`, its name in the policy file, `Settings`, its keys as a pydantic model that is
complete without any, and `check(subject, settings)`, which yields violations. To add a rule, add a module.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from duckdb import DuckDBPyConnection
from pydantic import BaseModel, ConfigDict

from pipelines.audit.finding import Finding, Violation


class RuleSettings(BaseModel):
    """The keys of one section."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: the findings, and the marts for everything else."""

    con: DuckDBPyConnection
    findings: tuple[Finding, ...]
    as_of: date

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query over the marts, by column name."""
        rows: list[dict[str, Any]] = self.con.sql(query).to_arrow_table().to_pylist()
        return rows


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the policy."""

    name: str
    settings: type[RuleSettings]
    check: Callable[[Subject, Any], Iterator[Violation]]


@cache
def sections() -> dict[str, Section]:
    """All sections by name.

    Raises:
        ValueError: two modules define the same section.
    """
    found: dict[str, Section] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if module.SECTION in found:
            raise ValueError(f"two modules define the policy section {module.SECTION!r}")
        found[module.SECTION] = Section(module.SECTION, module.Settings, module.check)
    return dict(sorted(found.items()))
