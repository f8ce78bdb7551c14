/*
description: The packages through which the region uses a segment, and how healthy the source of each is.
grain: one per segment and package that the region's enterprises use of it
key: [segment_id, package_key]
columns:
  segment_id: segment
  package_key: package, as in core.package_key
  users: enterprises that use it
  use: sum over these of the strongest evidence, the weight of the package in the segment
  source_repo_id: repository of the workspace that is the package's source; null if there is none
  absence_factor: contributor absence factor of that repository in the last year; null if not known
  maintenance: of that repository, 1, 0.5 or 0; null if not known
  vulnerability: 1 none known, 0.5 all with a fix, 0 without fix or exploited; null if not looked for
  resilience: mean of the known terms, 0 to 1; null if none is known
formula: mean of min(1, absence factor / 3), maintenance and vulnerability
source: resilience of the segment measures; CHAOSS contributor absence factor
edge_cases:
  - Upstreams are watched where the workspace holds their repository; most packages have no such term.
  - Of several repositories that declare a package the best maintained counts, then the first by name.
*/
with used as (
    select evidence.segment_id, evidence.package_key, evidence.enterprise_id, max(evidence.weight) as use
    from core.demand_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where evidence.not_counted is null and not evidence.is_development
    group by evidence.segment_id, evidence.package_key, evidence.enterprise_id
),
total as (
    select segment_id, package_key, count(*) as users, sum(use) as use
    from used
    group by segment_id, package_key
),
source as (
    select distinct package_key, repo_id
    from core.declared_package
    where not in_test_data and not coalesce(private, false)
),
health as (
    select source.package_key, source.repo_id, factor.contributor_absence_factor, kept.maintenance
    from source
    join core.repository_maintenance as kept on kept.repo_id = source.repo_id
    left join mart.contributor_absence_factor as factor
        on factor.repo_id = source.repo_id and factor.period = 'year'
    qualify row_number() over (
        partition by source.package_key order by kept.maintenance desc nulls last, source.repo_id
    ) = 1
),
measured as (
    select
        total.segment_id,
        total.package_key,
        total.users,
        total.use,
        health.repo_id as source_repo_id,
        health.contributor_absence_factor as absence_factor,
        health.maintenance,
        cast(null as double) as vulnerability,
        case
            when health.contributor_absence_factor is not null
                then least(1, health.contributor_absence_factor / bound.value)
        end as people
    from total
    left join health on health.package_key = total.package_key
    cross join (select value from raw.scoring where name = 'saturation.absence_factor') as bound
)
select
    segment_id,
    package_key,
    users,
    use,
    source_repo_id,
    absence_factor,
    maintenance,
    vulnerability,
    list_avg(list_filter([people, maintenance, vulnerability], lambda term: term is not null)) as resilience
from measured
