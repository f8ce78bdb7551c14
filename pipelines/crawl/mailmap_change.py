"""Which commits show other names after a change of the `.mailmap`.

Their rows have to be read again; to read the whole history again because one line was added to the mailmap
would cost a minute in a large repository.
"""

from array import array
from collections.abc import Iterator

from pipelines.crawl.commit_graph import windows
from pipelines.crawl.git_log import GitLog
from sbom.git import GitView

_AS_COMMITTED = ("--format=%an%n%ae%n%cn%n%ce",)
_AFTER_MAILMAP = ("--format=%aN%n%aE%n%cN%n%cE",)
_WINDOW_COMMITS = 65_536
_MOST_BYTES = 256 * 1024 * 1024


def find_renamed(view: GitView, ids: bytes, old: str | None, new: str | None, seconds: float) -> bytes | None:
    """Of the commits (one id per line), those whose author or committer differs between two mailmap blobs.

    Null if that cannot be told because git fails.
    """
    commits_of: dict[bytes, array[int]] = {}
    position = 0
    width = ids.find(b"\n") + 1
    for window in windows(ids, _WINDOW_COMMITS):
        identities = _print(GitLog(view, None), window, _AS_COMMITTED, seconds)
        if identities is None:
            return None
        for identity in identities:
            commits_of.setdefault(identity, array("Q")).append(position)
            position += width
    samples = [ids[positions[0] : positions[0] + width - 1] for positions in commits_of.values()]
    before = _print(GitLog(view, old), samples, _AFTER_MAILMAP, seconds)
    after = _print(GitLog(view, new), samples, _AFTER_MAILMAP, seconds)
    if before is None or after is None:
        return None
    renamed = array("Q")
    for positions, was, is_now in zip(commits_of.values(), before, after, strict=True):
        if was != is_now:
            renamed.extend(positions)
    return b"".join(ids[start : start + width] for start in sorted(renamed))


def _print(log: GitLog, commits: list[bytes], options: tuple[str, ...], seconds: float) -> list[bytes] | None:
    """What git prints of each commit; null if it fails."""
    output = bytearray()

    def parse(pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            output.extend(piece)
            if len(output) > _MOST_BYTES:
                raise ValueError("names longer than real ones")

    failure = log.read(commits, options, parse, seconds)
    records = bytes(output).split(b"\0")[:-1]
    return records if failure is None and len(records) == len(commits) else None
