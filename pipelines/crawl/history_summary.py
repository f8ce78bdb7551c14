"""A history in a few numbers, each as plain git commands count it."""

from collections.abc import Sequence
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
    for table, batch in history.batches():
        if table != "commit":
            continue
        rows = pa.table(batch).filter(pc.invert(batch["vanished"]))
        plain = rows.filter(pc.less(pc.list_value_length(rows["parents"]), 2))
        commits += rows.num_rows
        no_merges += plain.num_rows
        first_parent += pc.sum(rows["first_parent"]).as_py() or 0
        lines.append((pc.sum(rows["added"]).as_py(), pc.sum(rows["deleted"]).as_py()))
        emails = pa.table({"email": pc.drop_null(pc.utf8_lower(plain["author_email"]))})
        authors.append(emails.group_by("email").aggregate([([], "count_all")]))
    by_author = _add_up(authors)
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


def _add_up(authors: Sequence[pa.Table]) -> list[int]:
    """Commits of each author, from tables of e-mails and commits."""
    if not authors:
        return []
    sums = pa.concat_tables(authors).group_by("email").aggregate([("count_all", "sum")])
    commits: list[int] = sums["count_all_sum"].to_pylist()
    return commits


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known or not values else None
