"""
description: >-
  What to upgrade first: the smallest set of actions that removes every exposure with a known fix, those with
  the most urgent decision first, then by the risk that each removes, for every repository and over the whole
  workspace.
grain: one per repository (null = the whole workspace) and action
key: [repo_id, rank]
columns:
  repo_id: repository; null = the plan over the whole workspace
  enterprise_id: owner of the repository; null likewise
  rank: >-
    order within the plan, from 1: by the most urgent decision among what the action removes beyond those
    ranked before it, then by the risk score that it removes
  action: >-
    upgrade (the project asks for the package itself, or the file does not tell), upgrade parent (another file
    of the workspace shows that a later version of the direct dependency brings in a version without these
    vulnerabilities), refresh (every constraint lets the fixed version in, the lock file alone must be
    renewed), pin (no direct upgrade is known to help), remove (malware without a good version)
  package_key: package to upgrade, pin or remove
  from_versions: versions in use, in text order
  to_version: version to go to; null for remove
  distance: >-
    major, minor or patch, the farthest of from_versions; null where the numbers do not tell or for remove
  is_breaking: another major number, or another minor one below 1.0; null likewise
  compatible_version: >-
    where is_breaking, the best version that is not, null if none removes anything or the step is not breaking
  compatible_removes: exposures that this version removes; null likewise
  removes: exposures that this action removes beyond those ranked before it
  removes_within_14_days: of these, those whose decision asks for action within 14 days
  removes_score: sum of their risk scores
  cumulative_share: share of the whole risk score of the plan's subject that is gone after this action
  repositories: repositories in which something is to be done
  group_ids: vulnerabilities that it removes, in text order
  places: file:line where the packages stand, in text order; over the workspace with the repository before it
  plan_actions: actions of the plan
  plan_at_least: no plan with fewer of the actions that were considered removes as much
formula: >-
  Minimum set cover of the exposures by the actions, then by urgency and gain in risk score. For each file and
  component one version is considered, the lowest one with which the most vulnerabilities are gone. Exact
  where plan_actions = plan_at_least, else the greedy choice, at most 1 + ln(n) times the smallest.
source: >-
  Chvátal 1979 (doi 10.1287/moor.4.3.233) for the bound; HiGHS for the integer programme; Semantic Versioning
  2.0.0 §4 and §8 for breaking changes
edge_cases:
  - Exposures without a known fix are in no plan; cumulative_share then ends below 1.
  - The fixed version is the lowest one that no range of the vulnerability holds; that it exists is what the
    advisory says.
  - Whether a later version of a parent exists without the vulnerability can only be seen where some
    repository of the workspace uses it already.
  - Version numbers announce breaks, they do not prove them.
  - A VEX statement that suppresses an exposure takes it out of the plan.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.security.constraints import distance, is_breaking
from warehouse.models.security.fix_options import Exposure, Option, Options
from warehouse.models.security.set_cover import smallest_cover

READS = (
    "core.advisory_entry",
    "core.dependency",
    "core.osv_package",
    "mart.exposure_path",
    "mart.risk_score",
    "raw.advisory_affected",
    "raw.advisory_version",
)

_EXPOSURES = """
    select
        risk.repo_id,
        risk.enterprise_id,
        risk.path,
        risk.line,
        risk.purl,
        risk.package_key,
        risk.version,
        risk.group_id,
        risk.score,
        risk.act_within_days,
        risk.malicious,
        package.match_key,
        package.scheme,
        path.hops,
        path.parent,
        risk.direct
    from mart.risk_score as risk
    join core.osv_package as package on package.purl = risk.purl
    left join (
        select
            repo_id,
            path,
            purl,
            min(hops) as hops,
            case when min(hops) = 1 and count(distinct first_hop) = 1 then any_value(first_hop) end as parent
        from mart.exposure_path
        group by all
    ) as path
        on path.repo_id = risk.repo_id and path.path = risk.path and path.purl = risk.purl
    where not risk.suppressed
    order by risk.repo_id, risk.path, risk.purl, risk.group_id
"""
_SCHEMA = pa.schema(
    [
        ("repo_id", pa.string()),
        ("enterprise_id", pa.string()),
        ("rank", pa.int32()),
        ("action", pa.string()),
        ("package_key", pa.string()),
        ("from_versions", pa.list_(pa.string())),
        ("to_version", pa.string()),
        ("distance", pa.string()),
        ("is_breaking", pa.bool_()),
        ("compatible_version", pa.string()),
        ("compatible_removes", pa.int32()),
        ("removes", pa.int32()),
        ("removes_within_14_days", pa.int32()),
        ("removes_score", pa.float64()),
        ("cumulative_share", pa.float64()),
        ("repositories", pa.int32()),
        ("group_ids", pa.list_(pa.string())),
        ("places", pa.list_(pa.string())),
        ("plan_actions", pa.int32()),
        ("plan_at_least", pa.int32()),
    ]
)
_DISTANCES = ("patch", "minor", "major")
_BATCH = 10_000
"""Rows that are Python objects at the same time."""


@dataclass(slots=True)
class _Action:
    """One action of a plan, put together from the options of several files."""

    kind: str
    package_key: str
    to_version: str | None
    options: list[Option] = field(default_factory=list)
    items: set[int] = field(default_factory=set)


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    exposures = _read(con)
    scores: dict[str | None, float] = defaultdict(float)
    for exposure in exposures:
        scores[exposure.repo_id] += exposure.score
        scores[None] += exposure.score
    options: list[Option] = []
    batches: list[pa.RecordBatch] = []
    rows: list[dict[str, Any]] = []
    for own in Options(con, exposures).find():
        if own:
            first = exposures[own[0].removes[0]]
            subject = {"repo_id": first.repo_id, "enterprise_id": first.enterprise_id}
            rows += _plan(own, exposures, subject, scores)
            options += own
        if len(rows) >= _BATCH:
            batches.append(pa.RecordBatch.from_pylist(rows, _SCHEMA))
            rows.clear()
    rows += _plan(options, exposures, {"repo_id": None, "enterprise_id": None}, scores)
    return pa.Table.from_batches([*batches, pa.RecordBatch.from_pylist(rows, _SCHEMA)])


def _read(con: duckdb.DuckDBPyConnection) -> list[Exposure]:
    """The exposures; equal texts are one object, or ten thousand repositories would not fit into memory."""
    found: list[Exposure] = []
    cursor = con.execute(_EXPOSURES)
    while rows := cursor.fetchmany(_BATCH):
        found += [Exposure(*map(_once, row)) for row in rows]
    return found


def _once(value: Any) -> Any:
    return intern(value) if isinstance(value, str) else value


def _plan(
    options: Sequence[Option],
    exposures: Sequence[Exposure],
    subject: Mapping[str, Any],
    scores: Mapping[str | None, float],
) -> list[dict[str, Any]]:
    actions = _actions(options)
    weights = {item: exposures[item].score for action in actions for item in action.items}
    urgency = {item: _urgency(exposures[item].act_within_days) for item in weights}
    cover = smallest_cover([frozenset(action.items) for action in actions], weights, urgency)
    total = scores[subject["repo_id"]]
    left = set(weights)
    gone, rows = 0.0, []
    for rank, (position, gain) in enumerate(zip(cover.chosen, cover.gains, strict=True), 1):
        action = actions[position]
        removed = [exposures[item] for item in sorted(action.items & left)]
        left -= action.items
        gone += gain
        row = {
            **subject,
            "rank": rank,
            "action": action.kind,
            "package_key": action.package_key,
            "to_version": action.to_version,
            **_step(action),
            "removes": len(removed),
            "removes_within_14_days": sum((e.act_within_days or 99) <= 14 for e in removed),
            "removes_score": gain,
            "cumulative_share": min(1.0, gone / total) if total else None,
            "repositories": len({option.repo_id for option in action.options}),
            "group_ids": sorted({e.group_id for e in removed}),
            "places": sorted({_place(e, subject["repo_id"] is None) for e in removed}),
            "plan_actions": len(cover.chosen),
            "plan_at_least": cover.at_least,
        }
        rows.append(row)
    return rows


def _urgency(act_within_days: int | None) -> float:
    """More for what is to be done sooner; a score orders only what has the same decision."""
    return 0.0 if act_within_days is None else 1 / act_within_days


def _actions(options: Iterable[Option]) -> list[_Action]:
    """Options that mean the same step, taken together; upgrades stand before refreshes and pins."""
    found: dict[tuple[str, str, str], _Action] = {}
    for option in options:
        key = (option.kind, option.package_key, option.to_version or "")
        action = found.setdefault(key, _Action(option.kind, option.package_key, option.to_version))
        action.options.append(option)
        action.items |= set(option.removes)
    order = ("remove", "upgrade", "upgrade parent", "refresh", "pin")
    return sorted(found.values(), key=lambda a: (order.index(a.kind), a.package_key, a.to_version or ""))


def _step(action: _Action) -> dict[str, Any]:
    """How far the step is, from the farthest of the versions in use."""
    versions = sorted({option.from_version for option in action.options if option.from_version})
    kinds = [kind for version in versions if (kind := distance(version, action.to_version)) is not None]
    breaks = [flag for version in versions if (flag := is_breaking(version, action.to_version)) is not None]
    compatible = [option for option in action.options if option.compatible_version is not None]
    same = {option.compatible_version for option in compatible}
    return {
        "from_versions": versions,
        "distance": max(kinds, key=_DISTANCES.index) if kinds else None,
        "is_breaking": any(breaks) if breaks else None,
        "compatible_version": same.pop() if len(same) == 1 else None,
        "compatible_removes": sum(option.compatible_removes for option in compatible) if compatible else None,
    }


def _place(exposure: Exposure, with_repository: bool) -> str:
    place = exposure.path if exposure.line is None else f"{exposure.path}:{exposure.line}"
    return f"{exposure.repo_id} {place}" if with_repository else place
