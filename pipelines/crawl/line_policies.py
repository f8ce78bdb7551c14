"""What a history's changed lines would be under other policies than that of the tables."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines.crawl.commit_records import split_records
from sbom.git import GitView

_FILE = Path(__file__).with_name("line_policies.yaml")
_COUNT = ("log", "-z", "--numstat", "--format=", "--no-ext-diff", "--no-textconv")


@dataclass(frozen=True, slots=True)
class LinePolicy:
    """A way to count lines, as options of `git log`."""

    id: str
    options: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LineCount:
    """What a policy counts over a whole history."""

    policy: LinePolicy
    files: int
    added: int
    deleted: int


def line_policies() -> tuple[LinePolicy, ...]:
    """All policies, that of the tables first."""
    entries = yaml.safe_load(_FILE.read_text("utf-8"))
    return tuple(LinePolicy(entry["id"], tuple(entry["options"]), entry["text"]) for entry in entries)


def count_lines(view: GitView, head: str, policy: LinePolicy, seconds: float) -> LineCount:
    """Count what all commits that `head` reaches change; a policy takes as long as a reading of the history.

    Raises:
        ScanError: an object is missing, or git took longer than `seconds`.
        ValueError: a path is longer than any real one.
    """
    files = added = deleted = 0
    for record in split_records(view.stream(*_COUNT, *policy.options, head, timeout=seconds)):
        plus, _, rest = record.partition(b"\t")
        minus, tab, _ = rest.partition(b"\t")
        if not tab:  # the names of a renamed file follow its counts
            continue
        files += 1
        if not plus.endswith(b"-"):
            added += int(plus)
            deleted += int(minus)
    return LineCount(policy, files, added, deleted)
