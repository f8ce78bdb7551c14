"""Licences that fail a build: by id, by category, by conflict with the repository's own licence."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import RuleSettings, Subject, component_violation

SECTION = "licences"
Category = Literal[
    "permissive",
    "weak copyleft",
    "strong copyleft",
    "network copyleft",
    "source available",
    "proprietary",
    "unknown",
]

_COMPONENTS = """
    select repo_id, path, line, purl, package_key, expression, category
    from mart.component_licence
    where scope is distinct from 'excluded'
    order by repo_id, path, purl
"""
_CONFLICTS = """
    select repo_id, path, line, purl, package_key, expression, own_licence
    from mart.licence_conflict
    where verdict = 'conflict' and ships is distinct from false
    order by repo_id, path, purl
"""


class Settings(RuleSettings):
    """What is for development only never breaks a rule about licences."""

    deny: list[str] = Field(default_factory=list)
    """SPDX ids or expressions, as they stand in `mart.component_licence`."""
    deny_categories: list[Category] = Field(default_factory=list)
    conflicts: bool = False
    """Components whose licence conflicts with the repository's own."""
    max_unknown_share: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    """More components of unknown licence than this share."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file, and one per repository for the unknown share."""
    for row in subject.rows(_COMPONENTS):
        if row["expression"] in settings.deny:
            yield _violation("deny", f"{row['purl']}: licence {row['expression']}", row)
        elif row["category"] in settings.deny_categories:
            licence = row["expression"] or "not stated"
            yield _violation("deny_categories", f"{row['purl']}: {row['category']} ({licence})", row)
    for row in subject.rows(_CONFLICTS) if settings.conflicts else ():
        message = f"{row['purl']}: {row['expression']} conflicts with the repository's {row['own_licence']}"
        yield _violation("conflicts", message, row)
    if settings.max_unknown_share is not None:
        for row in subject.rows("select * from mart.licence_coverage where unknown_share is not null"):
            if row["unknown_share"] > settings.max_unknown_share:
                yield Violation(
                    rule=f"{SECTION}.max_unknown_share",
                    message=f"{row['unknown_share']:.0%} of the components have no known licence",
                    repo_id=row["repo_id"],
                    path=None,
                    line=None,
                    purl=None,
                    package_key=None,
                    subject="unknown share",
                )


def _violation(key: str, message: str, row: dict[str, Any]) -> Violation:
    return component_violation(f"{SECTION}.{key}", message, row, str(row["expression"]))
