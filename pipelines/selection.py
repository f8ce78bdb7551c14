"""Which repositories a run was asked to scan, when it was not asked for all."""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.crawl.local import Repository
from pipelines.errors import PipelineError
from sbom.git import common_dir

_NEAREST = 3
_SPAN = re.compile(r"(\d{1,6})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


def select_repositories(repositories: Sequence[Repository], wanted: Iterable[str]) -> frozenset[str]:
    """The ids of the repositories that any of the wanted words means; all of them where there are none.

    A word is the id of an enterprise or community, the id, name or location of a repository, or a shell
    pattern (`*`, `?`, `[…]`) over one of these.

    Raises:
        PipelineError: a word means nothing here; the message names what is nearest to it.
    """
    words = tuple(wanted)
    if not words:
        return frozenset(repository.repo_id for repository in repositories)
    selected: set[str] = set()
    for word in words:
        found = {repository.repo_id for repository in repositories if _means(word, repository)}
        if not found:
            raise PipelineError(_unknown(word, repositories))
        selected |= found
    return frozenset(selected)


def read_since(text: str, now: datetime | None = None) -> datetime:
    """The moment that `--since` means: a date or time in ISO 8601 (UTC unless it says), or a span before now.

    Raises:
        PipelineError: it is neither.
    """
    now = now or datetime.now(UTC)
    try:
        if span := _SPAN.fullmatch(text.strip().lower()):
            return now - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        when = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise PipelineError(
            f"since {text!r}: not a date such as 2026-11-01, nor a span such as 12h, 7d or 2w"
        ) from None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def moved_since(repository: Repository, when: datetime) -> bool:
    """Whether the copy that lies here got another HEAD since then, by the times of the files that tell it.

    A plain folder does not tell, so it always counts as moved.
    """
    if repository.kind == "bom":
        watched = [repository.path]
    elif repository.git_dir is None:
        return True
    else:
        common = common_dir(repository.git_dir)
        heads = common / "refs" / "heads"
        watched = [repository.git_dir / "HEAD", common / "packed-refs", heads, *heads.rglob("*")]
    return any(changed_at(path) >= when for path in watched if path.exists())


def changed_at(path: Path) -> datetime:
    """When a file or folder was changed last."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _names(repository: Repository) -> tuple[str, ...]:
    return repository.enterprise_id, repository.repo_id, repository.name, repository.location


def _means(word: str, repository: Repository) -> bool:
    return any(name == word or fnmatchcase(name, word) for name in _names(repository))


def _unknown(word: str, repositories: Sequence[Repository]) -> str:
    known = sorted({name for repository in repositories for name in _names(repository)})
    nearest = difflib.get_close_matches(word, known, _NEAREST)
    if not nearest:
        return f"no enterprise or repository of the workspace is called {word!r}"
    meant = " or ".join(map(repr, nearest))
    return f"no enterprise or repository of the workspace is called {word!r}; do you mean {meant}?"
