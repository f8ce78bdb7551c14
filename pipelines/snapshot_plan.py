"""Which earlier commits of the repositories are read; without the scanners, which take long to import."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """Which earlier commits are read besides HEAD."""

    months: int | None = None
    """The last so many months in which the branch moved; null = all since `since`."""
    tags: str | None = None
    """Pattern of release tags, instead of months."""
    since: date | None = None

    def __bool__(self) -> bool:
        return self.tags is not None or self.months != 0

    @property
    def fingerprint(self) -> str:
        return f"snapshots/{self.tags or self.months}" if self else ""
