"""Rules of the policy: one module per section, found by discovery.

A module defines `SECTION`, its name in the policy file, `Settings`, its keys as a pydantic model that is
complete without any, and `check(subject, settings)`, which yields violations. To add a rule, add a module.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

from duckdb import DuckDBPyConnection
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipelines.audit.finding import Finding, Violation


class RuleSettings(BaseModel):
    """The keys of one section."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _is_package(text: str) -> str:
    if not re.match(r"pkg:[^/\s]+/[^\s@?#]+$", text):
        raise ValueError(f"{text!r} is no purl without version; write pkg:npm/left-pad")
    return text


Package = Annotated[str, AfterValidator(_is_package)]
"""A purl without version, as in `core.package_key`."""


class PackageSettings(RuleSettings):
    """The keys of a section about what is known of packages beyond the repository."""

    direct_only: bool = False
    """Leaves out what the project does not ask for itself, as far as the files tell."""
    allow: list[Package] = Field(default_factory=list)
    """Packages that never fail."""


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


def freshness(subject: Subject, condition: str, settings: PackageSettings) -> Iterator[dict[str, Any]]:
    """Rows of `mart.component_freshness` that meet a condition in SQL; a null of the mart meets none."""
    query = f"""
        select freshness.*
        from mart.component_freshness as freshness
        join (
            select repo_id, path, purl, bool_or(direct) as direct
            from core.component
            where not is_own and not in_test_data
            group by all
        ) as component using (repo_id, path, purl)
        where {condition} and (component.direct is distinct from false or not {settings.direct_only})
        order by repo_id, path, purl
    """  # noqa: S608  # the conditions are the rules' own
    return (row for row in subject.rows(query) if row["package_key"] not in settings.allow)


def component_violation(rule: str, message: str, row: dict[str, Any], about: str) -> Violation:
    """A violation at the line of the component that a row is about."""
    place = {name: row[name] for name in ("repo_id", "path", "line", "purl", "package_key")}
    return Violation(rule, message, subject=about, **place)


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
