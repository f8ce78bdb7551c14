"""What could be done about the exposures of each component: upgrades, renewed lock files, pins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from warehouse.models.security.constraints import admits, is_breaking
from warehouse.store.database import registered
from warehouse.versions import keys_of, version_key


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
    first_hops: Sequence[str] | None
    direct: bool | None = None


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
    """The options for a list of exposures, by the ranges of the advisories and the edges of the workspace."""

    def __init__(self, con: duckdb.DuckDBPyConnection, exposures: Sequence[Exposure]) -> None:
        self._con = con
        self._exposures = exposures
        self._affected = _Affected(con, {exposure.match_key for exposure in exposures})
        self._fixes: dict[tuple[str, str, str | None, tuple[str, ...]], dict[str, frozenset[str]]] = {}
        """What many repositories ask alike: by package, version and vulnerabilities."""
        self._constraints = self._read_constraints()
        self._parents = self._read_parents()

    def find(self) -> list[Option]:
        """All options, in the order of the exposures."""
        by_component: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for position, exposure in enumerate(self._exposures):
            by_component[exposure.repo_id, exposure.path, exposure.purl].append(position)
        return [option for items in by_component.values() for option in self._for_component(items)]

    def _for_component(self, items: Sequence[int]) -> Iterator[Option]:
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
        kind = self._kind(first, target)
        yield Option(first.repo_id, kind, first.package_key, first.version, target, removes, *compatible)
        if kind in ("refresh", "pin") and first.first_hops:
            yield from self._parent_options(first, items)

    def _kind(self, exposure: Exposure, target: str) -> str:
        if exposure.hops == 0:
            return "upgrade"
        stated = self._constraints.get((exposure.repo_id, exposure.path, exposure.purl), ())
        purl_type = exposure.purl[4:].partition("/")[0]
        if stated and all(admits(purl_type, constraint, target) for constraint in stated):
            return "refresh"
        return "pin" if exposure.hops is not None or exposure.direct is False else "upgrade"

    def _parent_options(self, exposure: Exposure, items: Sequence[int]) -> Iterator[Option]:
        """Later versions of the direct dependency that bring in a version without some vulnerabilities."""
        if exposure.hops != 1 or exposure.first_hops is None or len(exposure.first_hops) != 1:
            return
        parent = exposure.first_hops[0]
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

    def _read_constraints(self) -> Mapping[tuple[str, str, str], set[str | None]]:
        """By repository, file and component: the constraints of all edges to it."""
        found: dict[tuple[str, str, str], set[str | None]] = defaultdict(set)
        wanted = sorted({(e.repo_id, e.path, e.purl) for e in self._exposures if e.hops})
        names = ("repo_id", "path", "to_purl")
        places = pa.Table.from_pylist(
            [dict(zip(names, place, strict=True)) for place in wanted],
            pa.schema([(name, pa.string()) for name in names]),
        )
        with registered(self._con, "wanted", places):
            rows = self._con.execute(
                'select distinct repo_id, path, to_purl, "constraint" from core.dependency'
                " semi join wanted using (repo_id, path, to_purl)"
            ).fetchall()
        for repo_id, path, purl, constraint in rows:
            found[repo_id, path, purl].add(constraint)
        return found

    def _read_parents(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """By depending and depended-on package: the pairs of versions that some file states."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        children = {exposure.package_key for exposure in self._exposures if exposure.hops == 1}
        rows = self._con.execute(
            "select distinct from_purl, from_package_key, to_purl, to_package_key from core.dependency"
            " where from_purl is not null and to_package_key in (select unnest(?::varchar[]))",
            [sorted(children)],
        ).fetchall()
        for tail, tail_key, head, head_key in rows:
            tail_version, head_version = _split(tail)[1], _split(head)[1]
            if tail_version and head_version:
                found[tail_key, head_key].add((tail_version, head_version))
        return {key: sorted(pairs) for key, pairs in found.items()}


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
