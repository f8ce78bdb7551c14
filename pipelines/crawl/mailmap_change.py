"""Which commits show other names after a change of the `.mailmap`.

Their rows have to be read again; to read the whole history again because one line was added to the mailmap
would cost a minute in a large repository.
"""

from array import array
from collections.abc import Iterator

from pipelines.crawl.commit_records import split_records
from pipelines.crawl.git_log import GitLog
from sbom.git import GitView

_AS_COMMITTED = ("log", "-z", "--encoding=UTF-8", "--format=%H%n%an%n%ae%n%cn%n%ce")
_AFTER_MAILMAP = ("--format=%aN%n%aE%n%cN%n%cE",)


def find_renamed(view: GitView, head: str, old: str | None, new: str | None, seconds: float) -> bytes:
    """Of the commits that `head` reaches, those whose names or e-mails differ between two mailmap blobs.

    Returns one id per line.

    Raises:
        ScanError: git fails.
        ValueError: git fails, or a name is longer than any real one.
    """
    ids = bytearray()
    width = len(head) + 1
    positions_of: dict[bytes, array[int]] = {}
    for record in split_records(view.stream(*_AS_COMMITTED, head, timeout=seconds)):
        commit, _, identity = record.partition(b"\n")
        positions_of.setdefault(identity, array("Q")).append(len(ids))
        ids += commit + b"\n"
    starts = [positions[0] for positions in positions_of.values()]
    samples = [bytes(ids[start : start + width - 1]) for start in starts]
    before = _names(GitLog(view, old), samples, seconds)
    after = _names(GitLog(view, new), samples, seconds)
    renamed = array("Q")
    for positions, was, is_now in zip(positions_of.values(), before, after, strict=True):
        if was != is_now:
            renamed.extend(positions)
    return b"".join(ids[start : start + width] for start in sorted(renamed))


def _names(log: GitLog, commits: list[bytes], seconds: float) -> list[bytes]:
    names: list[bytes] = []

    def parse(pieces: Iterator[bytes]) -> None:
        names.extend(split_records(pieces))

    failure = log.read(commits, _AFTER_MAILMAP, parse, seconds)
    if failure is not None:
        raise ValueError(failure.reason)
    return names
