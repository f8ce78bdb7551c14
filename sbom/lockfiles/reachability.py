"""Scopes of locked packages: what the project ships is what its shipped requirements reach."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from sbom.model import Scope

_STRONGEST_FIRST = (Scope.REQUIRED, None, Scope.OPTIONAL, Scope.EXCLUDED)
"""A requirement of unknown scope may be required, so nothing weaker can be said of what it reaches."""
MOST_VERSIONS = 16
"""A reference that may mean more packages than this tells nothing, and would make millions of edges."""
Node = TypeVar("Node", bound=Hashable)


def reached_scopes(
    roots: Iterable[tuple[Node, Scope | None]],
    requirements: Callable[[Node], Iterable[tuple[Node, Scope | None]]],
) -> dict[Node, Scope | None]:
    """The strongest scope in which each package is reached; packages that nothing reaches are left out.

    A path is as weak as its weakest edge: a required package of an optional one is optional.
    """
    waiting: list[list[Node]] = [[] for _ in _STRONGEST_FIRST]
    for node, scope in roots:
        waiting[_STRONGEST_FIRST.index(scope)].append(node)
    reached: dict[Node, Scope | None] = {}
    for rank, scope in enumerate(_STRONGEST_FIRST):
        stack = waiting[rank]
        while stack:
            node = stack.pop()
            if node in reached:
                continue
            reached[node] = scope
            for target, edge_scope in requirements(node):
                waiting[max(rank, _STRONGEST_FIRST.index(edge_scope))].append(target)
    return reached


def only_certain(scopes: dict[Node, Scope | None]) -> dict[Node, Scope | None]:
    """The scopes that stay true whatever a broken file lost: what is required cannot become less."""
    return {node: scope for node, scope in scopes.items() if scope is Scope.REQUIRED}


def strongest(scopes: Iterable[Scope | None]) -> Scope | None:
    """The strongest of several scopes; null if there is none, or if one that is not known may be stronger."""
    return min(scopes, key=_STRONGEST_FIRST.index, default=None)
