"""A history in a few numbers, each as plain git commands count it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.crawl.history import History


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """Counts over the commits that a head reaches."""

    head: str | None
    """Commit that was read; null for a repository without commits."""
    commits: int
    """`git rev-list --count HEAD`."""
    commits_no_merges: int
    commits_first_parent: int
    authors: int
    """Distinct lower-cased e-mails after `.mailmap`: those of `git shortlog -sne --no-merges`."""
    added: int | None
    """Sum over `git log --no-merges --numstat --no-renames`; null if it is known of no commit."""
    deleted: int | None
    contributor_absence_factor: int | None
    """Over commits without merges, by author's e-mail; null if there are none."""
    shallow: bool
    unknowns: tuple[str, ...]
    """What could not be read, and so is not in the counts."""


def summarise_history(history: History) -> HistorySummary:
    """Read a history of mode `replace` to its end and count.

    Raises:
        SourceError: git cannot be started.
    """
    commits = no_merges = first_parent = 0
    lines: list[tuple[int | None, int | None]] = []
    authors: list[pa.Table] = []
    emails: dict[str, str] = {}
    for table, batch in history.batches():
        if table == "identity":
            pairs = zip(batch["identity_id"].to_pylist(), batch["canonical_email"].to_pylist(), strict=True)
            emails = {identity: email.strip().lower() for identity, email in pairs}
        if table != "commit":
            continue
        rows = pa.table(batch).filter(pc.invert(batch["vanished"]))
        plain = rows.filter(pc.less(pc.list_value_length(rows["parents"]), 2))
        commits += rows.num_rows
        no_merges += plain.num_rows
        first_parent += pc.sum(rows["first_parent"]).as_py() or 0
        lines.append((pc.sum(rows["added"]).as_py(), pc.sum(rows["deleted"]).as_py()))
        known = pa.table({"author": pc.drop_null(plain["author_id"])})
        authors.append(known.group_by("author").aggregate([([], "count_all")]))
    by_author = _add_up(authors, emails)
    return HistorySummary(
        head=history.head,
        commits=commits,
        commits_no_merges=no_merges,
        commits_first_parent=first_parent,
        authors=len(by_author),
        added=_sum([added for added, _ in lines]),
        deleted=_sum([deleted for _, deleted in lines]),
        contributor_absence_factor=contributor_absence_factor(by_author),
        shallow=history.is_shallow,
        unknowns=tuple(f"{row.path}: {row.reason}" if row.path else row.reason for row in history.unknowns),
    )


def contributor_absence_factor(contributions: Sequence[int]) -> int | None:
    """The smallest number of contributors who together made at least half of all contributions (CHAOSS).

    Takes the contributions of each contributor in any order; null if there are none.
    """
    largest_first = pc.sort_indices(pa.array(contributions, pa.int64()), sort_keys=[("", "descending")])
    cumulative = pc.cumulative_sum(pa.array(contributions, pa.int64()).take(largest_first))
    if len(cumulative) == 0 or cumulative[-1].as_py() == 0:
        return None
    before_half = pc.less(pc.multiply(cumulative, 2), cumulative[-1])
    return int(pc.sum(before_half).as_py()) + 1


def _add_up(authors: Sequence[pa.Table], emails: Mapping[str, str]) -> list[int]:
    """Commits of each address, from tables of authors and commits and the addresses of the authors."""
    sums: Counter[str] = Counter()
    for table in authors:
        for author, commits in zip(*(column.to_pylist() for column in table.columns), strict=True):
            sums[emails[author]] += commits
    return list(sums.values())


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known or not values else None
