"""What all forges do with lists."""

from typing import Any

from forge_server import Asked, moment
from forge_world import Repository, World


def in_order(entries: list[tuple[Any, Any]], asked: Asked, since: str = "since") -> list[Any]:
    """Documents in ascending order of change, those that changed since only."""
    lower = moment(asked.query[since]) if since in asked.query else None
    kept = [(at, document) for at, document in entries if lower is None or at >= lower]
    return [document for _, document in sorted(kept, key=lambda entry: entry[0])]


def find(world: World, path: str) -> tuple[Repository | None, bool]:
    for repository in world.repositories:
        if repository.path == path:
            return repository, False
        if path in repository.former:
            return repository, True
    return None, False
