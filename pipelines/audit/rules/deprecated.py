"""Components that their registry calls deprecated, discontinued, abandoned or moved."""

from collections.abc import Iterator

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import Package, RuleSettings, Subject, component_violation, freshness

SECTION = "deprecated"


class Settings(RuleSettings):
    """Only what a registry was asked for can be judged."""

    forbid: bool = False
    """Versions and packages that their registry calls deprecated."""
    direct_only: bool = False
    """Leaves out what the project does not ask for itself, as far as the files tell."""
    allow: list[Package] = Field(default_factory=list)
    """Packages that never fail."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file, with what the registry says."""
    if not settings.forbid:
        return
    for row in freshness(subject, "is_deprecated", settings.direct_only, settings.allow):
        why = f": {row['deprecation']}" if row["deprecation"] else ""
        message = f"{row['purl']}: deprecated by its registry{why}"
        yield component_violation(f"{SECTION}.forbid", message, row, "deprecated")
