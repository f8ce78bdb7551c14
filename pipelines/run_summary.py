"""What a run leaves to say at its end."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse.store.database import open_published

_COUNTS = {
    "repositories": "select count(*) from raw.repository",
    "enterprises": "select count(*) from raw.enterprise",
    "components": "select count(distinct purl) from raw.component",
    "edges": "select count(*) from raw.dependency",
    "commits": "select count(*) from raw.commit",
    "unknowns": "select count(*) from raw.unknown",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A scan that failed, as of now."""

    repository: str
    scanner: str
    reason: str


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check of the tables that found something, with the numbers and examples that it tells."""

    table: str
    name: str
    facts: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """The facts with shares and averages to four digits."""
        return {name: f"{fact:.4g}" if isinstance(fact, float) else fact for name, fact in self.facts.items()}

    def __str__(self) -> str:
        facts = ", ".join(f"{name}: {fact}" for name, fact in self.told().items())
        return f"{self.table}: {self.name}: {facts}"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did and what there is now."""

    scanned: int
    """Repositories of which something was scanned."""
    unchanged: int
    left_out: int
    """Repositories that the run was not asked for with `--only`."""
    resumed: int
    """Scans of a killed run that were loaded instead of repeated."""
    counts: Mapping[str, int]
    """What the published warehouse holds."""
    failures: Sequence[Failure]
    rebuilt: Mapping[str, int]
    """Milliseconds by model that was rebuilt in full, because something that it reads changed."""
    renewed: Mapping[str, int]
    """Milliseconds by model that was built for the repositories that changed, and for no other."""
    models_unchanged: int
    errors: Sequence[FailedCheck]
    """Checks of the tables that found a fault."""
    warnings: Sequence[FailedCheck]
    """Checks that found something worth knowing."""
    published: Path
    report: Path | None
    seconds: float

    @property
    def models_built(self) -> int:
        return len(self.rebuilt) + len(self.renewed)

    def as_dict(self) -> dict[str, Any]:
        """The summary in JSON's types."""
        values = asdict(self)
        return values | {
            "errors": list(map(str, self.errors)),
            "warnings": list(map(str, self.warnings)),
            "models_built": self.models_built,
            "published": str(self.published),
            "report": str(self.report) if self.report else None,
        }


def count_published(published: Path) -> tuple[dict[str, int], list[Failure]]:
    """Numbers of the published warehouse, and the scans that stand as failed in it."""
    with closing(open_published(published)) as con:
        counts = {name: con.execute(query).fetchall()[0][0] for name, query in _COUNTS.items()}
        failed = con.execute(
            "select repo_id, scanner, coalesce(error, error_kind, 'no reason given')"
            " from raw.repository_scan where status = 'failed' order by repo_id, scanner"
        ).fetchall()
    return counts, [Failure(*row) for row in failed]
