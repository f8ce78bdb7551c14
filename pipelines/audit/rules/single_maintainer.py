"""Packages that one account alone may release: nobody else can fix them, and one password is enough."""

from collections.abc import Iterator

from pipelines.audit.finding import Violation
from pipelines.audit.rules import PackageSettings, Subject, component_violation, freshness

SECTION = "single_maintainer"


class Settings(PackageSettings):
    """Only what a registry was asked for, and tells accounts of, can be judged."""

    forbid: bool = False
    """Packages with one account that may release them."""
    direct_only: bool = True
    """Leaves out what the project does not ask for itself: most of a tree are packages of one person."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file."""
    if not settings.forbid:
        return
    for row in freshness(subject, "has_single_maintainer", settings):
        message = f"{row['purl']}: one account alone may release it"
        yield component_violation(f"{SECTION}.forbid", message, row, "single maintainer")
