"""When each exposure of a repository came in and went out: its history, judged by today's advisories."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.audit.subject import open_subjects
from pipelines.errors import PipelineError
from sbom.errors import ScanError
from sbom.git import find_git_dir, list_refs
from sbom.model import ScanResult
from sbom.revisions import open_revisions

_TAGS = "refs/tags/"
_EXPOSURES = """
    select repo_id, package_key, group_id, any_value(severity), any_value(published),
        list_sort(list(distinct version))
    from mart.vulnerability_exposure
    where status = 'affected' and not in_test_data and not is_own and informational is null
    group by repo_id, package_key, group_id
"""


@dataclass(frozen=True, slots=True)
class State:
    """One scanned state of the repository: a month, or a release tag."""

    label: str
    commit: str
    day: date


@dataclass(frozen=True, slots=True)
class ExposureWindow:
    """How long one vulnerability of one package was in, as far as the scanned states tell."""

    package_key: str
    group_id: str
    severity: str | None
    versions: tuple[str, ...]
    """Affected versions that were in use."""
    entered: State
    """First state that has it; it may have come in any time after the state before."""
    began_earlier: bool
    """The first state of all has it already: nobody knows since when, `days` is a lower bound."""
    left: State | None
    """First state without it; null where it is still in."""
    published: date | None
    days: int
    """From the state that brought it in to the one without it, or to the last state."""
    days_known: int | None
    """The same from its publication where that is later; null if that is not known or came after."""


@dataclass(frozen=True, slots=True)
class ExposureHistory:
    """All windows of one repository."""

    states: tuple[State, ...]
    unread: tuple[str, ...]
    """States that could not be scanned, each with the reason."""
    windows: tuple[ExposureWindow, ...]

    @property
    def mean_days_to_remediate(self) -> float | None:
        """Mean of `days_known` over the windows that are closed; null if there is none."""
        closed = [w.days_known for w in self.windows if w.left is not None and w.days_known is not None]
        return sum(closed) / len(closed) if closed else None


def read_exposure_history(
    path: Path,
    advisories: Sequence[Path],
    as_of: date,
    *,
    since: date | None = None,
    tags: str | None = None,
) -> ExposureHistory:
    """Scan one commit a month, or the tags that match the pattern `tags`, and find the windows between them.

    Raises:
        ScanError: there is no such repository.
        WarehouseError: a folder of advisories is missing, or none of its files can be read.
        PipelineError: no state could be read, or no tag matches.
    """
    states, results, unread = _scan_states(path, since, tags)
    if not results:
        raise PipelineError(f"{path}: no state could be read" + (f"; first: {unread[0]}" if unread else ""))
    named = {f"{number:06}": result for number, result in enumerate(results)}
    answers = ("mart.vulnerability_exposure",)
    with closing(open_subjects(named, advisories, (), as_of, answers)) as con:
        rows = con.sql(_EXPOSURES).fetchall()
    return ExposureHistory(tuple(states), tuple(unread), tuple(_windows(states, rows)))


def _scan_states(
    path: Path, since: date | None, tags: str | None
) -> tuple[list[State], list[ScanResult], list[str]]:
    states: list[State] = []
    results: list[ScanResult] = []
    unread: list[str] = []
    with open_revisions(path) as revisions:
        if tags is None:
            wanted = [(month.label, month.commit) for month in revisions.months(since=since)]
        else:
            wanted = [(name, revisions.resolve(name)) for name in _tag_names(path, tags)]
        for label, commit in wanted:
            try:
                result = revisions.scan(commit)
            except ScanError as error:
                unread.append(f"{label}: {error}")
                continue
            day = datetime.fromtimestamp(result.committed_at or 0, UTC).date()
            if since is None or day >= since:
                states.append(State(label, commit, day))
                results.append(result)
    order = sorted(range(len(states)), key=lambda i: (states[i].day, i))
    return [states[i] for i in order], [results[i] for i in order], unread


def _tag_names(path: Path, pattern: str) -> list[str]:
    git_dir = find_git_dir(path)
    refs = list_refs(git_dir) if git_dir is not None else {}
    names = [ref.removeprefix(_TAGS) for ref in refs if ref.startswith(_TAGS)]
    found = sorted(name for name in names if fnmatchcase(name, pattern))
    if not found:
        raise PipelineError(f"{path}: none of its {len(names)} tags matches {pattern!r}")
    return found


def _windows(states: Sequence[State], rows: Sequence[tuple[object, ...]]) -> list[ExposureWindow]:
    """Runs of states that have a vulnerability; one that went and came again is two windows."""
    seen: dict[tuple[str, str], dict[int, tuple[str, ...]]] = defaultdict(dict)
    facts: dict[str, tuple[str | None, date | None]] = {}
    for repo_id, package_key, group_id, severity, published, versions in rows:
        seen[str(package_key), str(group_id)][int(str(repo_id))] = tuple(versions)  # type: ignore[arg-type]
        facts[str(group_id)] = severity, published  # type: ignore[assignment]
    windows = []
    for (package_key, group_id), at in sorted(seen.items()):
        severity, published = facts[group_id]
        positions = sorted(at)
        runs: list[list[int]] = []
        for position in positions:
            if runs and runs[-1][-1] == position - 1:
                runs[-1].append(position)
            else:
                runs.append([position])
        for run in runs:
            entered = states[run[0]]
            left = states[run[-1] + 1] if run[-1] + 1 < len(states) else None
            end = left.day if left is not None else states[-1].day
            begin = max(entered.day, published) if published is not None else None
            windows.append(
                ExposureWindow(
                    package_key,
                    group_id,
                    severity,
                    tuple(sorted({version for position in run for version in at[position]})),
                    entered,
                    run[0] == 0,
                    left,
                    published,
                    (end - entered.day).days,
                    (end - begin).days if begin is not None and begin <= end else None,
                )
            )
    return sorted(windows, key=lambda w: (w.entered.day, w.package_key, w.group_id))
