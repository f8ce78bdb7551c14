"""
description: >-
  The upstreams where one contribution would count most: many depend on them, few keep them alive, and
  their maintainers
  answer.
grain: one per enterprise and upstream that it depends on; one with a null enterprise per upstream, for all
  enterprises
key: [enterprise_id, upstream_repo_id]
columns:
  enterprise_id: enterprise of the region; null = all of them together
  upstream_repo_id: repository of somebody else
  place: order within the enterprise, from 1; null where there is no score
  score: dependence · fragility · responsiveness, 0 to 1; null if the upstream's fragility is not known
  dependence: share of the observed repositories of the enterprise (of all enterprises) that use the
    upstream, 0 to 1
  enterprises: enterprises that use it
  fragility: 1 / contributor absence factor; null without a commit in the last 365 days, and if no history
    was read
  contributor_absence_factor: of the upstream in the last 365 days; null likewise
  responsiveness: >-
    2^(−median hours to the first answer to a change request / half-life), 0 where more than half got none;
    of issues where
    no change request was opened; null if the forge was not read or nobody asked
  response_hours: these median hours; null likewise, or where more than half got no answer
  responsiveness_is_prior: the score rests on the prior in place of the responsiveness
  criticality: of the upstream, as in mart.criticality; not part of the score
  times: contributions of the enterprise's people in the last 365 days, all known kinds; null if none is known
formula: >-
  score = dependence · (1 / absence factor) · responsiveness; half-life and prior stand in
  giveback_opportunity.yaml
source: >-
  CHAOSS metrics Upstream Code Dependencies, Contributor Absence Factor and Time to First Response; their
  product is ours
edge_cases:
  - A product puts no upstream first that lacks one of the three; the order is a reading aid, the parts are
    in the row.
  - An upstream to which nobody committed for a year has no score, for nobody is there to take the
    contribution.
  - Where the forge was not read the prior stands in, and the row says so.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = (
    "core.enterprise",
    "core.upstream_dependence",
    "mart.contributor_absence_factor",
    "mart.criticality",
    "mart.giveback_contribution",
    "mart.time_to_first_response",
)
DATA = ("giveback_opportunity.yaml",)
_RESULT = """
with observed as (
    select sum(repositories_observed) as repositories from core.enterprise where kind = 'enterprise'
),
dependence as (
    select enterprise_id, upstream_repo_id, dependence, 1 as enterprises from core.upstream_dependence
    union all
    select null, upstream_repo_id, sum(used.repositories) / nullif(any_value(observed.repositories), 0),
        count(*)
    from core.upstream_dependence as used
    cross join observed
    group by upstream_repo_id
),
given as (
    select enterprise_id, upstream_repo_id, cast(sum(times) as bigint) as times
    from mart.giveback_contribution
    group by grouping sets ((enterprise_id, upstream_repo_id), (upstream_repo_id))
),
asked as (
    select
        repo_id,
        median_hours,
        unanswered,
        row_number() over (partition by repo_id order by thread = 'issue') as place
    from mart.time_to_first_response
    where period = 'year' and opened > 0
),
response as (
    select
        repo_id,
        median_hours as response_hours,
        case
            when median_hours is not null then pow(2, -median_hours / $half_life_hours)
            when unanswered > 0.5 then 0
        end as responsiveness
    from asked
    where place = 1
),
part as (
    select
        dependence.enterprise_id,
        dependence.upstream_repo_id,
        dependence.dependence,
        dependence.enterprises,
        1 / absence.contributor_absence_factor as fragility,
        absence.contributor_absence_factor,
        response.responsiveness,
        response.response_hours,
        criticality.score as criticality,
        given.times
    from dependence
    left join mart.contributor_absence_factor as absence
        on absence.repo_id = dependence.upstream_repo_id and absence.period = 'year'
    left join response on response.repo_id = dependence.upstream_repo_id
    left join mart.criticality as criticality on criticality.repo_id = dependence.upstream_repo_id
    left join given
        on given.upstream_repo_id = dependence.upstream_repo_id
        and given.enterprise_id is not distinct from dependence.enterprise_id
),
scored as (
    select *, dependence * fragility * coalesce(responsiveness, $prior) as score from part
)
select
    enterprise_id,
    upstream_repo_id,
    case
        when score is not null
            then row_number() over (
                partition by enterprise_id order by score desc nulls last, criticality desc nulls last,
                upstream_repo_id
            )
    end as place,
    score,
    dependence,
    enterprises,
    fragility,
    contributor_absence_factor,
    responsiveness,
    response_hours,
    score is not null and responsiveness is null as responsiveness_is_prior,
    criticality,
    times
from scored
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    parameters = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))
    return con.sql(_RESULT, params=parameters).to_arrow_table()
