"""Components that their registry calls deprecated, discontinued, abandoned or moved."""

from collections.abc import Iterator

from pipelines.audit.finding import Violation
from pipelines.audit.rules import PackageSettings, Subject, component_violation, freshness

SECTION = "deprecated"


class Settings(PackageSettings):
    """Only what a registry was asked for can be judged."""

    forbid: bool = False
    """Versions and packages that their registry calls deprecated."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component and file, with what the registry says."""
    if not settings.forbid:
        return
    for row in freshness(subject, "is_deprecated", settings):
        why = f": {row['deprecation']}" if row["deprecation"] else ""
        message = f"{row['purl']}: deprecated by its registry{why}"
        yield component_violation(f"{SECTION}.forbid", message, row, "deprecated")
