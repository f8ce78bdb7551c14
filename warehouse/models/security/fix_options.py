"""What could be done about the exposures of each component: upgrades, renewed lock files, pins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from sys import intern

import duckdb

from warehouse.models.security.constraints import admits, is_breaking
from warehouse.versions import keys_of, version_key

_VERSION = "^[^@?#]*@([^?#]+)"
"""The version of a purl."""
_AT_ONCE = 500
"""Repositories whose constraints are in memory at the same time."""
_Place = tuple[str, str, str]
"""Repository, file and component."""
_Constraints = Mapping[_Place, Sequence[str | None]]
"""The constraints of all edges to a component; null where an edge states none."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A row of `mart.risk_score` with what matters for its removal."""

    repo_id: str
    enterprise_id: str | None
    path: str
    line: int | None
    purl: str
    package_key: str
    version: str | None
    group_id: str
    score: float
    act_within_days: int | None
    malicious: bool
    match_key: str
    scheme: str
    hops: int | None
    """Edges of the shortest path from the project to the component; null where no path is known."""
    parent: str | None
    """The direct dependency that brings it in, where it does so itself and is the only one."""
    direct: bool | None


@dataclass(frozen=True, slots=True)
class Option:
    """One step in one file, and the positions of the exposures that it removes."""

    repo_id: str
    kind: str
    package_key: str
    from_version: str | None
    to_version: str | None
    removes: tuple[int, ...]
    compatible_version: str | None = None
    compatible_removes: int = 0


class Options:
    """The options for exposures, by the ranges of the advisories and the edges of the workspace.

    The exposures stand by repository, file and component.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, exposures: Sequence[Exposure]) -> None:
        self._con = con
        self._exposures = exposures
        self._affected = _Affected(con, {exposure.match_key for exposure in exposures})
        self._fixes: dict[tuple[str, str, str | None, tuple[str, ...]], dict[str, frozenset[str]]] = {}
        """What many repositories ask alike: by package, version and vulnerabilities."""
        self._parents = self._read_parents()

    def find(self) -> Iterator[list[Option]]:
        """The options of one repository after the other."""
        positions = range(len(self._exposures))
        repositories = [[*items] for _, items in groupby(positions, lambda item: self._place(item)[0])]
        for start in range(0, len(repositories), _AT_ONCE):
            some = repositories[start : start + _AT_ONCE]
            constraints = self._read_constraints([self._place(items[0])[0] for items in some])
            for items in some:
                components = [[*held] for _, held in groupby(items, self._place)]
                yield [option for held in components for option in self._for_component(held, constraints)]

    def _place(self, item: int) -> _Place:
        exposure = self._exposures[item]
        return exposure.repo_id, exposure.path, exposure.purl

    def _for_component(self, items: Sequence[int], constraints: _Constraints) -> Iterator[Option]:
        first = self._exposures[items[0]]
        groups = tuple(self._exposures[item].group_id for item in items)
        place = (first.match_key, first.scheme, first.version, groups)
        if place not in self._fixes:
            self._fixes[place] = self._affected.fixes(first, groups)
        fixes = self._fixes[place]
        if not fixes:
            malware = tuple(item for item in items if self._exposures[item].malicious)
            if malware:
                yield Option(first.repo_id, "remove", first.package_key, first.version, None, malware)
            return
        target, gone = _best(fixes)
        removes = tuple(item for item in items if self._exposures[item].group_id in gone)
        compatible: tuple[str | None, int] = (None, 0)
        if is_breaking(first.version, target):
            near = {v: g for v, g in fixes.items() if is_breaking(first.version, v) is False}
            if near:
                version, removed = _best(near)
                compatible = version, len(removed)
        kind = _kind(first, target, constraints.get(self._place(items[0]), ()))
        yield Option(first.repo_id, kind, first.package_key, first.version, target, removes, *compatible)
        if kind in ("refresh", "pin") and first.parent is not None:
            yield from self._parent_options(first, first.parent, items)

    def _parent_options(self, exposure: Exposure, parent: str, items: Sequence[int]) -> Iterator[Option]:
        """Later versions of the direct dependency that bring in a version without some vulnerabilities."""
        package, version = _split(parent)
        if version is None:
            return
        own_key = version_key(exposure.scheme, version).key
        found: list[tuple[str, str, frozenset[str]]] = []
        for later, child in self._parents.get((package, exposure.package_key), ()):
            key = version_key(exposure.scheme, later)
            if key.confident and key.key > own_key:
                groups = [self._exposures[item].group_id for item in items]
                if gone := self._affected.gone(exposure, groups, child):
                    found.append((key.key, later, gone))
        if found:
            _, later, gone = min(found, key=lambda row: (-len(row[2]), row[0]))
            removes = tuple(item for item in items if self._exposures[item].group_id in gone)
            yield Option(exposure.repo_id, "upgrade parent", package, version, later, removes)

    def _read_constraints(self, repositories: Sequence[str]) -> _Constraints:
        rows = self._con.execute(
            'select repo_id, path, to_purl, list(distinct "constraint") from core.dependency'
            " semi join mart.exposure_path as exposed"
            " on exposed.repo_id = dependency.repo_id and exposed.path = dependency.path"
            " and exposed.purl = dependency.to_purl and exposed.hops > 0"
            " where repo_id in (select unnest(?::varchar[])) group by all",
            [repositories],
        ).fetchall()
        return {(repo_id, path, purl): constraints for repo_id, path, purl, constraints in rows}

    def _read_parents(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """By depending and depended-on package: the pairs of versions that some file states."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        children = {exposure.package_key for exposure in self._exposures if exposure.hops == 1}
        rows = self._con.execute(
            "select from_package_key, to_package_key,"
            " list(distinct [regexp_extract(from_purl, $version, 1), regexp_extract(to_purl, $version, 1)])"
            " from core.dependency where to_package_key in (select unnest($children::varchar[]))"
            " and regexp_matches(from_purl, $version) and regexp_matches(to_purl, $version) group by all",
            {"children": sorted(children), "version": _VERSION},
        )
        while row := rows.fetchone():
            found[row[0], row[1]] = sorted((intern(parent), intern(child)) for parent, child in row[2])
        return found


def _kind(exposure: Exposure, target: str, constraints: Sequence[str | None]) -> str:
    if exposure.hops == 0:
        return "upgrade"
    purl_type = exposure.purl[4:].partition("/")[0]
    if constraints and all(admits(purl_type, constraint, target) for constraint in constraints):
        return "refresh"
    return "pin" if exposure.hops is not None or exposure.direct is False else "upgrade"


class _Affected:
    """Which versions of a package each vulnerability affects, as intervals of sortable keys."""

    def __init__(self, con: duckdb.DuckDBPyConnection, match_keys: Iterable[str]) -> None:
        wanted = [sorted(set(match_keys))]
        self._intervals: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._listed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._fixed: dict[str, set[str]] = defaultdict(set)
        ranges = con.execute(
            """
            select entry.match_key, entry.group_id, affected.lower_key, affected.upper_key, affected.fixed
            from raw.advisory_affected as affected
            join core.advisory_entry as entry using (source, advisory_id, affected_index)
            where affected.unmatched is null and entry.match_key in (select unnest($1::varchar[]))
            """,
            wanted,
        ).fetchall()
        for match_key, group_id, lower, upper, fixed in ranges:
            self._intervals[match_key, group_id].append((lower, upper))
            if fixed is not None:
                self._fixed[match_key].add(fixed)
        listed = con.execute(
            """
            select entry.match_key, entry.group_id, listing.version_key
            from raw.advisory_version as listing
            join core.advisory_entry as entry using (source, advisory_id, affected_index)
            where entry.match_key in (select unnest($1::varchar[]))
            """,
            wanted,
        ).fetchall()
        for match_key, group_id, key in listed:
            self._listed[match_key, group_id].add(key)

    def fixes(self, exposure: Exposure, groups: Sequence[str]) -> dict[str, frozenset[str]]:
        """By later version that an advisory names as fixed: the vulnerabilities that are gone with it."""
        if exposure.version is None:
            return {}
        own = version_key(exposure.scheme, exposure.version).key
        keys = keys_of(exposure.scheme, sorted(self._fixed[exposure.match_key]))
        later = sorted((key.key, version) for version, key in keys.items() if key.key > own)
        found = {version: self.gone(exposure, groups, version) for _, version in later}
        return {version: gone for version, gone in found.items() if gone}

    def gone(self, exposure: Exposure, groups: Sequence[str], version: str) -> frozenset[str]:
        """Which of the vulnerabilities a version does not have."""
        key = version_key(exposure.scheme, version).key
        return frozenset(group for group in groups if not self._has(exposure.match_key, group, key))

    def _has(self, match_key: str, group_id: str, key: str) -> bool:
        place = (match_key, group_id)
        return key in self._listed[place] or any(low <= key < high for low, high in self._intervals[place])


def _best(fixes: Mapping[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
    """The lowest version with which the most vulnerabilities are gone; versions come in their order."""
    version = max(fixes, key=lambda v: len(fixes[v]))
    return version, fixes[version]


def _split(purl: str) -> tuple[str, str | None]:
    """A purl without qualifiers as package and version."""
    package, at, version = purl.partition("?")[0].partition("#")[0].partition("@")
    return package, version if at else None
