"""Components whose source is a repository of the workspace that nobody works on any more."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import PackageSettings, Subject, component_violation, freshness

SECTION = "upstream"


class Settings(PackageSettings):
    """Only sources that the workspace holds or its forges tell of can be judged."""

    archived: bool = False
    """Its owner made it read-only."""
    silent_days: Annotated[int, Field(ge=1)] | None = None
    """More days since the last commit by a person."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component, file and rule."""
    if settings.archived:
        for row in freshness(subject, "upstream_is_archived", settings):
            message = f"{row['purl']}: its source {row['upstream_repo_id']} is archived"
            yield component_violation(f"{SECTION}.archived", message, row, "archived")
    if settings.silent_days is not None:
        silent = f"upstream_silent_days > {settings.silent_days}"
        for row in freshness(subject, silent, settings):
            days = row["upstream_silent_days"]
            message = f"{row['purl']}: nobody has committed to {row['upstream_repo_id']} for {days} days"
            yield component_violation(f"{SECTION}.silent_days", message, row, "silent")
