"""The bill of materials of a repository month by month: counts, and what changed since the month before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.bom_diff import Change, diff_scans
from sbom.model import ScanResult
from sbom.revisions import Month, Revisions


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month in which the branch moved; changes per file and package, null in the first row."""

    month: str
    commit: str
    components: int
    direct: int
    edges: int
    unreadable: int
    unresolved: int
    added: int | None
    removed: int | None
    upgraded: int | None
    downgraded: int | None
    changed: int | None


def read_months(
    revisions: Revisions, rev: str | None, since: date | None, keep: Callable[[Month, ScanResult], None]
) -> Iterator[MonthRow]:
    """The months of the first-parent line of `rev` since a day, the oldest first; `keep` is given each scan.

    Raises:
        ScanError: there is no such commit, or one cannot be read.
    """
    previous: ScanResult | None = None
    for month in revisions.months(rev, since):
        result = revisions.scan(month.commit)
        keep(month, result)
        yield _row(month, previous, result)
        previous = result


def _row(month: Month, previous: ScanResult | None, result: ScanResult) -> MonthRow:
    diff = diff_scans(previous, result) if previous is not None else None
    unreadable = sum(1 for row in result.unknowns if row.kind.is_unreadable)
    return MonthRow(
        month.label,
        month.commit,
        len({row.purl for row in result.components}),
        len({row.purl for row in result.components if row.direct}),
        len({(row.from_purl, row.to_purl) for row in result.dependencies}),
        unreadable,
        len(result.unknowns) - unreadable,
        *(diff.count(change) if diff is not None else None for change in Change),
    )
