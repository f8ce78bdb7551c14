"""The five things to act on first, for each of the three readers."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
with found as (
    select 'planner' as reader, rank as priority, 'gap' as act, 'segment' as target_kind,
        segment_id as target_id,
        segment.name_zh, segment.name_en, verdict.name_zh as verdict_name_zh,
            verdict.name_en as verdict_name_en,
        null as object, null as version, problem.users as first, len(problem.candidate_ids) as second
    from mart.plan_problem as problem
    join raw.segment as segment using (segment_id)
    left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as verdict
        on verdict.verdict_id = problem.verdict
    union all
    select 'security', case when rank <= 3 then rank else rank + 10 end, 'fix', 'component', package_key,
        null, null, null, null, package_key, to_version, removes, removes_within_14_days
    from mart.fix_plan
    where repo_id is null
    union all
    select 'security', 4, 'weak', 'enterprise', enterprise.enterprise_id, enterprise.name_zh,
        enterprise.name_en,
        null, null, posture.policy, null, posture.weak, posture.misuse
    from mart.crypto_posture as posture
    join core.enterprise as enterprise on enterprise.enterprise_id = posture.subject_id
    where posture.subject_kind = 'enterprise' and enterprise.kind = 'enterprise' and posture.weak > 0
    qualify row_number() over (order by posture.weak desc, enterprise.enterprise_id, posture.policy) = 1
    union all
    select 'security', 5, 'certificate', 'enterprise', enterprise_id, name_zh, name_en, null, null,
        subject, null,
        count(*) over () as ended, days_left
    from mart.certificate_expiry
    join core.enterprise using (enterprise_id)
    where context = 'main' and days_left < 90
    qualify row_number() over (order by days_left, sha256, path) = 1
    union all
    select 'ospo', row_number() over (order by contributor_absence_factor nulls last, dependence desc,
        upstream_repo_id,
            enterprise_id),
        'giveback', 'enterprise', enterprise_id, name_zh, name_en, null, null, upstream_repo_id, null,
        (100 * dependence)::bigint, contributor_absence_factor
    from mart.giveback_ledger
    join core.enterprise using (enterprise_id)
    where dependence > 0 and contribution = 0
    qualify row_number() over (partition by upstream_repo_id order by dependence desc, enterprise_id) = 1
    union all
    select 'ospo', 2 + row_number() over (order by reached.repositories desc, factor.repo_id),
        'absence', 'enterprise', factor.enterprise_id, owner.name_zh, owner.name_en, null, null,
            factor.repo_id, null,
        reached.repositories, factor.commits
    from mart.contributor_absence_factor as factor
    join core.enterprise as owner using (enterprise_id)
    join (
        select declared.repo_id, max(used.repositories) as repositories
        from core.declared_package as declared join mart.component_use as used using (package_key)
        where not declared.in_test_data
        group by declared.repo_id
    ) as reached using (repo_id)
    where factor.period = 'year' and factor.contributor_absence_factor = 1 and reached.repositories > 0
    union all
    select 'ospo', 4 + row_number() over (order by sum(users) desc, package_key),
        'community', 'component', package_key, null, null, null, null, package_key, null,
        max(users), count(distinct segment_id)
    from mart.upstream_community
    where coalesce(contributors_here, 0) = 0
    group by package_key
    having max(users) > 1
)
select reader, row_number() over (partition by reader order by priority, act, target_id) as place,
    * exclude (reader, priority)
from found
qualify place <= 5
order by reader, place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    counts = {
        reader: sum(row["reader"] == reader for row in rows) for reader in ("planner", "security", "ospo")
    }
    return Drawing(words("figure.actions.finding", all=len(rows), **counts), None)


def action_text(row: Mapping[str, Any], words: Words) -> str:
    """One thing to act on, in a sentence."""
    places = {
        "name": words.name(row) or row["target_id"],
        "verdict": words.name(row, "verdict_"),
        "object": row["object"],
        "version": row["version"] or "–",
        "first": row["first"] or 0,
        "second": abs(row["second"] or 0),
    }
    act = f"action.{row['act']}"
    variant = f"{act}_ended" if (row["second"] or 0) < 0 else f"{act}_alone" if not row["second"] else act
    return words(variant if words.has(variant) else act, **places)


FIGURE = Figure(
    "actions", "overview", 2, QUERY, draw, view="actions", robustness="judged",
    hidden=frozenset(
        {"verdict_name_zh", "verdict_name_en", "first", "second", "name_zh", "name_en", "target_kind"}
    ),
)  # fmt: skip
