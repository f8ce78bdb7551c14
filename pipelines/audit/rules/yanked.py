"""Versions that their registry took back: yanked, retracted, unlisted, unpublished."""

from collections.abc import Iterator

from pipelines.audit.finding import Violation
from pipelines.audit.rules import PackageSettings, Subject, component_violation, freshness

SECTION = "yanked"


class Settings(PackageSettings):
    """Only what a registry was asked for can be judged."""

    forbid: bool = False
    """Versions that their registry took back."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file, with the reason that the registry gives."""
    if not settings.forbid:
        return
    for row in freshness(subject, "is_yanked", settings):
        why = f": {row['yanked_reason']}" if row["yanked_reason"] else ""
        message = f"{row['purl']}: taken back by its registry{why}"
        yield component_violation(f"{SECTION}.forbid", message, row, "yanked")
