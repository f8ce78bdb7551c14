"""Which repositories a run was asked to scan, when it was not asked for all."""

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from pipelines.crawl.local import Repository
from pipelines.errors import PipelineError

_NEAREST = 3


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


def _names(repository: Repository) -> tuple[str, ...]:
    return repository.enterprise_id, repository.repo_id, repository.name, repository.location


def _means(word: str, repository: Repository) -> bool:
    return any(name == word or fnmatchcase(name, word) for name in _names(repository))


def _unknown(word: str, repositories: Sequence[Repository]) -> str:
    known = sorted({name for repository in repositories for name in _names(repository)})
    nearest = difflib.get_close_matches(word, known, _NEAREST)
    hint = f"; do you mean {' or '.join(map(repr, nearest))}?" if nearest else ""
    return f"no enterprise or repository of the workspace is called {word!r}{hint}"
