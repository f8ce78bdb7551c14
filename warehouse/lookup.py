"""Find what a person means by a package URL or an advisory id, and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

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


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a component version reaches: a row of `mart.component_blast_radius`, and which repositories."""

    row: dict[str, object]
    direct: tuple[str, ...]
    transitive: tuple[str, ...]


def find_purls(con: duckdb.DuckDBPyConnection, subject: str) -> dict[str, tuple[str, ...]]:
    """The purls of the workspace that `subject` means, each with the vulnerabilities by which it was found.

    A purl means itself, one without version all versions; any other text is the id or an alias of an advisory
    and means the versions that it affects.

    Raises:
        WarehouseError: nothing in the workspace is meant; the message says whether the advisory is known.
    """
    if subject.startswith("pkg:"):
        rows = con.execute(
            "select distinct purl from core.component"
            " where purl = $1 or starts_with(purl, $1 || '@') or package_key = $1 order by all",
            [subject],
        ).fetchall()
        if not rows:
            raise WarehouseError(
                f"{subject}: no repository of the workspace names it; purls are case-sensitive"
            )
        return {purl: () for (purl,) in rows}
    groups = con.execute(
        "select distinct group_id from core.advisory_group where lower(id) = lower($1)", [subject]
    ).fetchall()
    if not groups:
        raise WarehouseError(
            f"{subject}: neither a purl nor the id of a loaded advisory; ids are like CVE-2021-44228"
        )
    rows = con.execute(
        "select purl, list_sort(list(distinct group_id)) from mart.vulnerability_exposure"
        " where status = 'affected' and list_contains($1::varchar[], group_id) group by purl order by purl",
        [[group_id for (group_id,) in groups]],
    ).fetchall()
    return {purl: tuple(found) for purl, found in rows}


def find_sightings(con: duckdb.DuckDBPyConnection, subject: str, most: int = _SHOWN) -> list[Sighting]:
    """Every file but test data that names what `subject` means, with at most `most` shortest paths each.

    Raises:
        WarehouseError: nothing in the workspace is meant.
    """
    groups = find_purls(con, subject)
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
        sightings.append(Sighting(repo_id, enterprise_id, path, line, purl, groups[purl], paths, lines))
    return sightings


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
        select purl, repo_id, coalesce(bool_or(direct), false)
        from core.component
        where list_contains($1::varchar[], purl) and not is_own and not in_test_data
        group by purl, repo_id
        order by all
        """,
        [purls],
    ).fetchall()
    return [
        Reach(
            row,
            tuple(repo_id for purl, repo_id, direct in named if purl == row["purl"] and direct),
            tuple(repo_id for purl, repo_id, direct in named if purl == row["purl"] and not direct),
        )
        for row in rows.to_pylist()
    ]
