"""Find what a person means by a package URL or an advisory id, and where it is."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import duckdb
from packageurl import PackageURL

from warehouse.errors import WarehouseError
from warehouse.models.security.shortest_paths import ShortestPaths, read_graphs, shortest_paths

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sighting:
    """A component of one file, with the shortest paths to it."""

    repo_id: str
    enterprise_id: str | None
    path: str
    line: int | None
    purl: str
    group_ids: tuple[str, ...]
    """Vulnerabilities of this version that were asked for; empty where a package was asked for."""
    paths: ShortestPaths | None
    """Null where the file states no edges that lead to it."""
    first_lines: tuple[int | None, ...] = ()
    """Line that asks for the first step of each listed path."""
    reason: str | None = None
    """Why it cannot be said whether it is affected; null where it is, or where a package was asked for."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a component version reaches: a row of `mart.component_blast_radius`, and which repositories."""

    row: dict[str, object]
    direct: tuple[str, ...]
    transitive: tuple[str, ...]
    enterprises_direct: tuple[str, ...] = ()
    """Enterprises and communities that own the repositories of `direct`."""
    enterprises_transitive: tuple[str, ...] = ()
    """Those that own the repositories of `transitive` and none of `direct`."""


def find_purls(con: duckdb.DuckDBPyConnection, subject: str) -> dict[str, tuple[str, ...]]:
    """The purls of the workspace that `subject` means, each with the vulnerabilities by which it was found.

    A purl means itself with any qualifiers, one without version all versions; any other text is the id or an
    alias of an advisory and means the versions that it affects.

    Raises:
        WarehouseError: nothing in the workspace is meant; the message says whether the advisory is known.
    """
    if subject.startswith("pkg:"):
        rows = con.execute(
            "select distinct component.purl from core.component"
            " join (select unnest($1::varchar[]) as meant) on purl = meant or starts_with(purl, meant || '@')"
            " or starts_with(purl, meant || '?') or package_key = meant order by all",
            [_spellings(subject)],
        ).fetchall()
        if not rows:
            raise WarehouseError(
                f"{subject}: no repository of the workspace names it; purls are case-sensitive"
            )
        return {purl: () for (purl,) in rows}
    rows = con.execute(
        "select purl, list_sort(list(distinct group_id)) from mart.vulnerability_exposure"
        " where status = 'affected' and list_contains($1::varchar[], group_id) group by purl order by purl",
        [_groups(con, subject)],
    ).fetchall()
    return {purl: tuple(found) for purl, found in rows}


def _spellings(purl: str) -> list[str]:
    """A purl as written and as its type normalises it, so that `pkg:pypi/Django` is found."""
    found = {purl}
    with suppress(ValueError):
        found.add(PackageURL.from_string(purl).to_string())
    return sorted(found)


def _groups(con: duckdb.DuckDBPyConnection, subject: str) -> list[str]:
    groups = con.execute(
        "select distinct group_id from core.advisory_group where lower(id) = lower($1)", [subject]
    ).fetchall()
    if not groups:
        raise WarehouseError(
            f"{subject}: neither a purl nor the id of a loaded advisory; ids are like CVE-2021-44228"
        )
    return [group_id for (group_id,) in groups]


def _find_unsaid(con: duckdb.DuckDBPyConnection, subject: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """The purls of which it cannot be said whether an advisory affects them, with vulnerabilities and why."""
    if subject.startswith("pkg:"):
        return {}
    rows = con.execute(
        "select purl, list_sort(list(distinct group_id)), min(reason) from mart.vulnerability_exposure"
        " where status = 'cannot_say' and list_contains($1::varchar[], group_id) group by purl",
        [_groups(con, subject)],
    ).fetchall()
    return {purl: (tuple(found), reason) for purl, found, reason in rows}


def find_sightings(con: duckdb.DuckDBPyConnection, subject: str, most: int = _SHOWN) -> list[Sighting]:
    """Every file but test data that names what `subject` means, with at most `most` shortest paths each.

    Components of which it cannot be said come last, with the reason.

    Raises:
        WarehouseError: nothing in the workspace is meant.
    """
    groups, unsaid = find_purls(con, subject), _find_unsaid(con, subject)
    reasons = {purl: reason for purl, (_, reason) in unsaid.items() if purl not in groups}
    groups = {purl: found for purl, (found, _) in unsaid.items()} | groups
    rows = con.execute(
        """
        select repo_id, any_value(enterprise_id), path, min(line), purl
        from core.component
        where list_contains($1::varchar[], purl) and not in_test_data
        group by repo_id, path, purl
        order by repo_id, path, purl
        """,
        [sorted(groups)],
    ).fetchall()
    graphs = read_graphs(con, [(repo_id, path, purl) for repo_id, _, path, _, purl in rows])
    sightings = []
    for repo_id, enterprise_id, path, line, purl in rows:
        graph = graphs[repo_id, path]
        paths = shortest_paths(graph, purl, most)
        lines = tuple(graph.direct[steps[0]] for steps in paths.paths) if paths is not None else ()
        reason = reasons.get(purl)
        sightings.append(
            Sighting(repo_id, enterprise_id, path, line, purl, groups[purl], paths, lines, reason)
        )
    return sorted(sightings, key=lambda sighting: sighting.reason is not None)


def find_reach(con: duckdb.DuckDBPyConnection, subject: str) -> list[Reach]:
    """How far each component version that `subject` means reaches, the farthest first.

    Raises:
        WarehouseError: nothing in the workspace is meant.
    """
    purls: Sequence[str] = sorted(find_purls(con, subject))
    rows = con.sql(
        "from mart.component_blast_radius where list_contains($1::varchar[], purl)"
        " order by repositories desc, dependents desc, purl",
        params=[purls],
    ).to_arrow_table()
    named = con.execute(
        """
        select purl, repo_id, any_value(enterprise_id), coalesce(bool_or(direct), false)
        from core.component
        where list_contains($1::varchar[], purl) and not is_own and not in_test_data
        group by purl, repo_id
        order by all
        """,
        [purls],
    ).fetchall()
    return [
        _reach(row, [found[1:] for found in named if found[0] == row["purl"]]) for row in rows.to_pylist()
    ]


def _reach(row: dict[str, object], named: Sequence[tuple[str, str | None, bool]]) -> Reach:
    owners = {owner for _, owner, direct in named if direct and owner is not None}
    return Reach(
        row,
        tuple(repo_id for repo_id, _, direct in named if direct),
        tuple(repo_id for repo_id, _, direct in named if not direct),
        tuple(sorted(owners)),
        tuple(sorted({owner for _, owner, _ in named if owner is not None} - owners)),
    )
