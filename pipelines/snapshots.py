"""The components of a repository at earlier times: one commit a month, or release tags. No checkout.

What a commit holds never changes, so that it is kept in the state folder: a file per commit, named after it,
which says by which scanner it was made. Runs of snapshots that share a component are one row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.shard_files import rows_to_table
from pipelines.snapshot_plan import SnapshotPlan
from sbom.errors import LimitReached, ScanError
from sbom.revisions import Revisions
from warehouse.store.files import temporary_beside

_KEPT = pa.schema([("path", pa.string()), ("purl", pa.string()), ("version", pa.string())])
_Rows = frozenset[tuple[str, str, str | None]]


@dataclass(frozen=True, slots=True)
class SnapshotStore:
    """Where what commits hold is kept, and by which scanner it must have been made."""

    folder: Path
    scanner_version: str

    def read(self, commit: str) -> tuple[date, _Rows] | None:
        """The day and content of a commit; null where it is not kept, or by another scanner."""
        try:
            table = pq.read_table(self.folder / f"{commit}.parquet")
        except (OSError, pa.ArrowException):
            return None
        facts = table.schema.metadata or {}
        made_by = facts.get(b"scanner_version", b"").decode()
        if made_by != self.scanner_version or table.schema.names != _KEPT.names:
            return None
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        return date.fromisoformat(facts[b"day"].decode()), frozenset(rows)

    def write(self, commit: str, day: date, rows: _Rows) -> None:
        facts = {"scanner_version": self.scanner_version, "day": day.isoformat()}
        ordered = sorted(rows, key=lambda row: (row[0], row[1]))
        columns = [pa.array(column, pa.string()) for column in zip(*ordered, strict=True)] or [[], [], []]
        table = pa.table(columns, schema=_KEPT.with_metadata(facts))
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{commit}.parquet"
        fresh = temporary_beside(path)
        pq.write_table(table, fresh, compression="zstd")
        fresh.replace(path)

    def keep_only(self, commits: Sequence[str]) -> None:
        """Remove what no plan asks for any more."""
        for path in self.folder.glob("*.parquet"):
            if path.stem not in commits:
                path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A row of `raw.snapshot`."""

    position: int | None
    kind: str
    label: str
    commit_sha: str
    day: date | None
    error: str | None


@dataclass(frozen=True, slots=True)
class _Run:
    """A row of `raw.snapshot_component`."""

    path: str
    purl: str
    version: str | None
    first_position: int
    last_position: int


def read_snapshots(
    revisions: Revisions,
    head: str,
    plan: SnapshotPlan,
    store: SnapshotStore | None = None,
    seconds: float = float("inf"),
) -> tuple[tuple[Snapshot, ...], tuple[_Run, ...]]:
    """Rows of `raw.snapshot` and `raw.snapshot_component`: the snapshots of a plan, and HEAD as the last one.

    A commit that cannot be read, or not within `seconds`, is a snapshot with an error and without a position.

    Raises:
        ScanError: the history cannot be walked.
    """
    until = monotonic() + seconds
    failed: list[Snapshot] = []
    read: list[tuple[date, str, str, str, _Rows]] = []
    wanted = _wanted(revisions, head, plan)
    for kind, label, commit in wanted:
        found = store.read(commit) if store is not None else None
        try:
            if found is None and monotonic() > until:
                raise LimitReached("not read: the time for this repository is over")
            day, rows = found or _scan(revisions, commit)
        except ScanError as error:
            failed.append(Snapshot(None, kind, label, commit, None, str(error)))
            continue
        if found is None and store is not None:
            store.write(commit, day, rows)
        if plan.since is None or day >= plan.since:
            read.append((day, kind, label, commit, rows))
    if store is not None:
        store.keep_only([commit for _, _, commit in wanted])
    read.sort(key=lambda entry: (entry[1] == "head", entry[0]))
    snapshots = [
        Snapshot(position, kind, label, commit, day, None)
        for position, (day, kind, label, commit, _) in enumerate(read)
    ]
    return (*snapshots, *failed), tuple(_runs([rows for *_, rows in read]))


def snapshot_tables(
    snapshots: Sequence[Snapshot], runs: Sequence[_Run], same: Mapping[str, object]
) -> dict[str, pa.Table]:
    """The raw tables, with the columns of `same` in every row."""
    return {
        "snapshot": rows_to_table("snapshot", snapshots, same),
        "snapshot_component": rows_to_table("snapshot_component", runs, same),
    }


def _wanted(revisions: Revisions, head: str, plan: SnapshotPlan) -> list[tuple[str, str, str]]:
    """Kind, label and commit of each snapshot."""
    if plan.tags is None:
        months = revisions.months(head, plan.since)
        months = months if plan.months is None else months[-plan.months :]
        found = [("month", month.label, month.commit) for month in months]
    else:
        names = [name for name in revisions.tags() if fnmatchcase(name, plan.tags)]
        found = [("tag", name, revisions.resolve(name)) for name in names]
    if all(commit != head for _, _, commit in found):
        found.append(("head", "HEAD", head))
    return found


def _scan(revisions: Revisions, commit: str) -> tuple[date, _Rows]:
    result = revisions.scan(commit)
    day = datetime.fromtimestamp(result.committed_at or 0, UTC).date()
    return day, frozenset((row.path, row.purl, row.version) for row in result.components)


def _runs(contents: Sequence[_Rows]) -> Iterator[_Run]:
    """Each component of a file with the first and last of consecutive snapshots that have it."""
    began: dict[tuple[str, str, str | None], int] = {}
    for position, rows in enumerate([*contents, frozenset()]):
        for row in sorted(began.keys() - rows, key=lambda row: (row[0], row[1])):
            yield _Run(*row, began.pop(row), position - 1)
        for row in rows - began.keys():
            began[row] = position
