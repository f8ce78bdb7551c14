"""Versions that their registry took back: yanked, retracted, unlisted, unpublished."""

from collections.abc import Iterator

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import Package, RuleSettings, Subject, component_violation, freshness

SECTION = "yanked"


class Settings(RuleSettings):
    """Only what a registry was asked for can be judged."""

    forbid: bool = False
    """Versions that their registry took back."""
    direct_only: bool = False
    """Leaves out what the project does not ask for itself, as far as the files tell."""
    allow: list[Package] = Field(default_factory=list)
    """Packages that never fail."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file, with the reason that the registry gives."""
    if not settings.forbid:
        return
    for row in freshness(subject, "is_yanked", settings.direct_only, settings.allow):
        why = f": {row['yanked_reason']}" if row["yanked_reason"] else ""
        message = f"{row['purl']}: taken back by its registry{why}"
        yield component_violation(f"{SECTION}.forbid", message, row, "yanked")
