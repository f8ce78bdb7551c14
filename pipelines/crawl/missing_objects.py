"""Which commits cannot be compared with their parents because objects are missing, as in a partial clone."""

from collections.abc import Collection, Iterator, Sequence

from pipelines.crawl.commit_records import split_records
from pipelines.crawl.git_log import GitLog
from sbom.errors import SourceError
from sbom.git import GitView

_RAW_OPTIONS = ("--format=c%H", "--raw", "--no-abbrev", "--no-renames")
_SUBMODULE = b"160000"
_MISSING = b" missing"
_MOST_BLOBS = 2_000_000


def find_uncountable(view: GitView, log: GitLog, commits: Sequence[bytes], seconds: float) -> set[bytes]:
    """Of the commits, those of which a tree or blob that a diff with the first parent needs is missing.

    Objects are looked up, not read: a corrupt one is not noticed. Where git fails at a tree below the root,
    the answer covers the commits before it.
    """
    uncountable = _without_tree(view, commits, seconds)
    commits_of: dict[bytes, set[bytes]] = {}

    def parse(pieces: Iterator[bytes]) -> None:
        for commit, blob in _changed_blobs(pieces):
            commits_of.setdefault(blob, set()).add(commit)
            if len(commits_of) > _MOST_BLOBS:
                raise ValueError("too many files changed")

    log.read([commit for commit in commits if commit not in uncountable], _RAW_OPTIONS, parse, seconds)
    for blob, is_missing in zip(commits_of, _look_up(view, commits_of, seconds), strict=False):
        if is_missing:
            uncountable |= commits_of[blob]
    return uncountable


def _without_tree(view: GitView, commits: Sequence[bytes], seconds: float) -> set[bytes]:
    """Commits whose root tree is missing, or that of the first parent if they have one."""
    names = [b"%s%s" % (commit, tail) for commit in commits for tail in (b"^{tree}", b"^1", b"^1^{tree}")]
    missing = _look_up(view, names, seconds)
    return {
        commit
        for commit, no_tree, no_parent, no_parent_tree in zip(
            commits, missing[::3], missing[1::3], missing[2::3], strict=False
        )
        if no_tree or (no_parent_tree and not no_parent)
    }


def _look_up(view: GitView, names: Collection[bytes], seconds: float) -> list[bool]:
    """Whether each object is missing; an empty list where git fails."""
    question = b"".join(name + b"\n" for name in names)
    try:
        answers = view.run("cat-file", "--batch-check", stdin=question, timeout=max(seconds, 0))
    except SourceError:
        return []
    return [answer.endswith(_MISSING) for answer in answers.splitlines()]


def _changed_blobs(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """(commit, blob) for both sides of each changed file of `git log --raw -z`."""
    commit, path_follows = b"", False
    for record in split_records(pieces):
        if path_follows:
            path_follows = False
        elif record.startswith(b"c"):
            commit = record[1:]
        else:
            path_follows = True
            old_mode, new_mode, old, new, _ = record.lstrip(b"\n:").split()
            for mode, blob in ((old_mode, old), (new_mode, new)):
                if mode != _SUBMODULE and blob.strip(b"0"):
                    yield commit, blob
