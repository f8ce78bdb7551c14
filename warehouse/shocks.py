"""What fails if something that the region stands on goes away: shocks over the published warehouse.

A shock removes packages: one package, all of an upstream owner, of a country's companies, of a repository
whose maintainers leave, or of an enterprise. A repository fails directly if it asks for a removed package
itself, and by cascade if it gets one through others or through what a failed repository publishes; waves go
on until nothing more fails. After alternatives, a failed package counts as replaced where a segment that
claims it has an open, unarchived alternative whose organisation and packages are still there, or another
owner's package that the enterprise uses already. The repositories of an enterprise that is gone are not
counted among those that fail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError

Kind = Literal["component", "owner", "country", "maintainers", "enterprise"]

_SHOCK = re.compile(r"(component|owner|country|maintainers|enterprise):(.+)")

_REMOVED: dict[str, str] = {
    "component": "select package_key from core.package_key where package_key = $subject or purl = $subject",
    "owner": """
        select claim.package_key
        from core.package_rule as claim
        join core.rule_owner as owner on owner.rule_id = claim.rule_id
        where owner.organization_id = $subject or owner.owner = $subject
    """,
    "country": """
        select claim.package_key
        from core.package_rule as claim
        join core.rule_owner as owner on owner.rule_id = claim.rule_id
        join raw.organization as organization on organization.organization_id = owner.organization_id
        where organization.region = $subject and not organization.neutral
    """,
    "maintainers": """
        select package_key
        from core.declared_package
        where not in_test_data and repo_id = $subject
    """,
    "enterprise": """
        select package_key from core.published_package where enterprise_id = $subject
    """,
}

_ONE = "insert into gone values ($subject)"
_NOBODY = "insert into gone select $subject where false"
_GONE: dict[str, str] = {
    "component": _NOBODY,
    "owner": _ONE,
    "country": """
        insert into gone select organization_id from raw.organization where region = $subject and not neutral
    """,
    "maintainers": _NOBODY,
    "enterprise": _ONE,
}
"""Organisations and enterprises that are not there any more, neither to supply an alternative nor to fail."""

_WAVE = """
    insert into failed
    select distinct declared.package_key, $wave
    from core.declared_package as declared
    join core.repository_package as used on used.repo_id = declared.repo_id
    join failed on failed.package_key = used.package_key
    where not declared.in_test_data
        and not used.is_development
        and declared.package_key not in (select package_key from failed)
"""
_USES = """
    create or replace temp table hit as
    select
        used.enterprise_id,
        used.repo_id,
        used.package_key,
        failed.wave = 0 and used.directness <> 'transitive' as is_direct,
        exists (
            select 1
            from core.package_rule as claim
            join core.alternative as listed on listed.segment_id = claim.segment_id
            where claim.package_key = used.package_key
                and claim.verified
                and listed.is_open
                and listed.organization_id not in (select id from gone)
                and not exists (
                    select 1
                    from core.alternative_rule as shown
                    join core.package_rule as its_own on its_own.rule_id = shown.rule_id
                    join failed as its_failed on its_failed.package_key = its_own.package_key
                    where shown.segment_id = listed.segment_id
                        and shown.alternative = listed.name
                        and shown.match <> 'organisation'
                )
        ) or exists (
            select 1
            from core.package_rule as claim
            join core.demand_evidence as other on other.segment_id = claim.segment_id
            where claim.package_key = used.package_key
                and claim.verified
                and other.enterprise_id = used.enterprise_id
                and other.not_counted is null
                and not other.is_development
                and other.package_key not in (select package_key from failed)
        ) as is_replaceable
    from core.repository_package as used
    join failed on failed.package_key = used.package_key
    join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
    where not used.is_development and used.enterprise_id not in (select id from gone)
"""
_REPOSITORIES = """
    create or replace temp table repository_state as
    select
        enterprise_id,
        repo_id,
        bool_or(is_direct) as is_direct,
        bool_and(is_replaceable) as is_replaceable
    from hit
    group by enterprise_id, repo_id
"""
_TOTALS = """
    select
        (select count(*) from failed where wave = 0) as removed_packages,
        (select count(distinct package_key) from failed where package_key in (select package_key from hit))
            as failed_packages,
        (select max(wave) from failed) as waves,
        (select count(*) from core.repository where enterprise_kind = 'enterprise' and is_observed)
            as repositories,
        count(*) filter (where is_direct) as repositories_direct,
        count(*) filter (where not is_direct) as repositories_cascade,
        count(*) filter (where not is_replaceable) as repositories_after,
        count(distinct enterprise_id) as enterprises,
        count(distinct enterprise_id) filter (where not is_replaceable) as enterprises_after
    from repository_state
"""
_ENTERPRISES = """
    select
        enterprise_id,
        count(*) filter (where is_direct) as repositories_direct,
        count(*) filter (where not is_direct) as repositories_cascade,
        count(*) filter (where not is_replaceable) as repositories_after
    from repository_state
    group by enterprise_id
    order by repositories_after desc, repositories_direct desc, repositories_cascade desc, enterprise_id
"""
_SEGMENTS = """
    with lost as (
        select
            evidence.segment_id,
            evidence.enterprise_id,
            max(evidence.weight) as use,
            max(evidence.weight) filter (where hit.package_key is null) as use_left,
            max(evidence.weight) filter (where hit.package_key is null or hit.is_replaceable) as use_after
        from core.demand_evidence as evidence
        join core.enterprise
            on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
        left join hit on hit.repo_id = evidence.repo_id and hit.package_key = evidence.package_key
        where evidence.not_counted is null and not evidence.is_development
        group by evidence.segment_id, evidence.enterprise_id
    )
    select
        segment_id,
        count(*) as users,
        count(*) filter (where coalesce(use_left, 0) < use) as users_hit,
        count(*) filter (where use_left is null) as users_lost,
        count(*) filter (where use_after is null) as users_lost_after,
        sum(use) / any_value(region.observed) as demand,
        coalesce(sum(use_left), 0) / any_value(region.observed) as demand_served,
        coalesce(sum(use_after), 0) / any_value(region.observed) as demand_served_after
    from lost
    cross join (
        select nullif(count(*), 0) as observed from core.enterprise where kind = 'enterprise' and is_observed
    ) as region
    group by segment_id
    having users_hit > 0
    order by users_lost_after desc, users_lost desc, users_hit desc, segment_id
"""


@dataclass(frozen=True, slots=True)
class Shock:
    """What goes away: `component:<purl>`, `owner:<id>`, `country:<ISO 3166>`, `maintainers:<repo_id>` …"""

    kind: Kind
    subject: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class ShockResult:
    """What fails of a shock; all counts speak of the region's enterprises, development use left out."""

    shock: str
    totals: dict[str, Any]
    """Counts of packages, waves, repositories and enterprises; `_after` = after alternatives are used."""
    segments: list[dict[str, Any]]
    """One per segment that is hit: users hit, users who lose all of it, demand served before and after."""
    enterprises: list[dict[str, Any]]


def parse_shock(text: str) -> Shock:
    """Read `kind:subject`. Raises `WarehouseError` naming the kinds."""
    match = _SHOCK.fullmatch(text)
    if match is None:
        raise WarehouseError(
            f"{text} is no shock: write component:PURL, owner:ID, country:XX, maintainers:REPOSITORY or "
            "enterprise:ID"
        )
    kind: Any = match[1]
    return Shock(kind, match[2])


def simulate(con: DuckDBPyConnection, shocks: Sequence[Shock]) -> ShockResult:
    """Let all `shocks` happen together on the warehouse that `con` reads; nothing of it is changed.

    Raises `WarehouseError` if nothing in the workspace is of a shock's subject.
    """
    con.execute("create or replace temp table failed (package_key varchar, wave integer)")
    con.execute("create or replace temp table gone (id varchar)")
    for shock in shocks:
        removed = con.execute(
            f"insert into failed select distinct package_key, 0 from ({_REMOVED[shock.kind]}) as subject "  # noqa: S608
            "where package_key not in (select package_key from failed)",
            {"subject": shock.subject},
        ).fetchall()
        if removed == [(0,)]:
            known = con.execute(
                f"select count(*) from ({_REMOVED[shock.kind]}) as subject",  # noqa: S608
                {"subject": shock.subject},
            ).fetchall()
            if known == [(0,)]:
                raise WarehouseError(f"{shock}: no package in this workspace would go away")
        con.execute(_GONE[shock.kind], {"subject": shock.subject})
    wave = 0
    while con.execute(_WAVE, {"wave": wave + 1}).fetchall() != [(0,)]:
        wave += 1
    con.execute(_USES)
    con.execute(_REPOSITORIES)
    [totals] = con.sql(_TOTALS).to_arrow_table().to_pylist()
    return ShockResult(
        shock=" + ".join(map(str, shocks)),
        totals=totals,
        segments=con.sql(_SEGMENTS).to_arrow_table().to_pylist(),
        enterprises=con.sql(_ENTERPRISES).to_arrow_table().to_pylist(),
    )
