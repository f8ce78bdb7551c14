"""What changed between the components of two commits, file by file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sbom.model import Component, ScanResult
from warehouse.advisories.ecosystems import purl_package
from warehouse.versions import VersionKey, version_key

Package = tuple[str, str | None, str]
"""Type, namespace and name."""


class Change(StrEnum):
    """What became of a package in a file; `changed` where its versions have no order that is known."""

    ADDED = "added"
    REMOVED = "removed"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """One package of one file. Versions are those that only one of both commits has, constraints likewise.

    A package that only a constraint names has no version; the constraints then stand for themselves.
    """

    path: str
    change: Change
    type: str
    namespace: str | None
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_constraint: bool
    line: int | None
    """In the later commit; null where the package is gone."""

    @property
    def title(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class BomDiff:
    """Changes by path and package; `doubtful` are files that one of both commits holds unreadable."""

    changes: tuple[ComponentChange, ...]
    doubtful: Mapping[str, str]

    def count(self, change: Change) -> int:
        return sum(1 for row in self.changes if row.change is change)


def diff_scans(before: ScanResult, after: ScanResult) -> BomDiff:
    """What `after` added, removed, upgraded or downgraded.

    A package that a file names in several versions is upgraded if the highest of the new ones is above the
    highest of those that went away. A file that moved has all its packages removed and added.
    """
    old, new = _by_file(before.components), _by_file(after.components)
    changes = []
    for path, package in sorted(old.keys() | new.keys(), key=lambda key: (key[0], _sortable(key[1]))):
        change = _compare(path, package, old.get((path, package), []), new.get((path, package), []))
        if change is not None:
            changes.append(change)
    doubtful = {
        row.path: row.reason
        for result in (before, after)
        for row in result.unknowns
        if row.kind.is_unreadable
    }
    return BomDiff(tuple(changes), dict(sorted(doubtful.items())))


def _by_file(rows: Iterable[Component]) -> dict[tuple[str, Package], list[Component]]:
    found: dict[tuple[str, Package], list[Component]] = {}
    for row in rows:
        found.setdefault((row.path, (row.type, row.namespace, row.name)), []).append(row)
    return found


def _sortable(package: Package) -> tuple[str, str, str]:
    return package[0], package[1] or "", package[2]


def _compare(
    path: str, package: Package, old: list[Component], new: list[Component]
) -> ComponentChange | None:
    gone, come = _versions(old) - _versions(new), _versions(new) - _versions(old)
    is_constraint = False
    if not gone and not come:
        gone, come = _constraints(old) - _constraints(new), _constraints(new) - _constraints(old)
        is_constraint = bool(gone or come)
        if not is_constraint and bool(old) == bool(new):
            return None
    if not old or (come and not gone and not is_constraint):
        change = Change.ADDED
    elif not new or (gone and not come and not is_constraint):
        change = Change.REMOVED
    elif is_constraint:
        change = Change.CHANGED
    else:
        change = _direction((new or old)[0].purl, gone, come)
    return ComponentChange(
        path, change, *package, _in_order(old, gone), _in_order(new, come), is_constraint, _line(new, come)
    )


def _versions(rows: Iterable[Component]) -> set[str]:
    return {row.version for row in rows if row.version is not None}


def _constraints(rows: Iterable[Component]) -> set[str]:
    return {row.constraint for row in rows if row.version is None and row.constraint}


def _line(rows: list[Component], come: set[str]) -> int | None:
    lines = [row.line for row in rows if row.line is not None and (not come or row.version in come)]
    return min(lines, default=None)


def _in_order(rows: list[Component], texts: set[str]) -> tuple[str, ...]:
    purl = rows[0].purl if rows else ""
    return tuple(sorted(texts, key=lambda text: (_key(purl, text), text)))


def _direction(purl: str, gone: set[str], come: set[str]) -> Change:
    highest_gone = max(_key(purl, text) for text in gone)
    highest_come = max(_key(purl, text) for text in come)
    if not (highest_gone.confident and highest_come.confident) or highest_gone.key == highest_come.key:
        return Change.CHANGED
    return Change.UPGRADED if highest_come.key > highest_gone.key else Change.DOWNGRADED


@lru_cache(maxsize=65_536)
def _key(purl: str, version: str) -> VersionKey:
    package = purl_package(purl)
    return version_key(package.scheme, version) if package is not None else VersionKey(version, False)
