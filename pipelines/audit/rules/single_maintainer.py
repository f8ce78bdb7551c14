"""Packages that one account alone may release: nobody else can fix them, and one password is enough."""

from collections.abc import Iterator

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import Package, RuleSettings, Subject, component_violation, freshness

SECTION = "single_maintainer"


class Settings(RuleSettings):
    """Only what a registry was asked for, and tells accounts of, can be judged."""

    forbid: bool = False
    """Packages with one account that may release them."""
    direct_only: bool = True
    """Leaves out what the project does not ask for itself: most of a tree are packages of one person."""
    allow: list[Package] = Field(default_factory=list)
    """Packages that never fail."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file."""
    if not settings.forbid:
        return
    for row in freshness(subject, "has_single_maintainer", settings.direct_only, settings.allow):
        message = f"{row['purl']}: one account alone may release it"
        yield component_violation(f"{SECTION}.forbid", message, row, "single maintainer")
