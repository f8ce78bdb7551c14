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
  vulnerability: >-
    of the versions in use, 1 no vulnerability is known, 0.5 all that are known have a fix, 0 one has none or is
    exploited; null if no version is known or no advisories of its ecosystem are loaded
  resilience: mean of the known terms, 0 to 1; null if none is known
formula: mean of min(1, absence factor / 3), maintenance and vulnerability
source: resilience of the segment measures; CHAOSS contributor absence factor
edge_cases:
  - Upstreams are watched where the workspace holds their repository; most packages have no such term.
  - Vulnerabilities are those of mart.vulnerability_exposure; notices that are none are left out.
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
    select segment_id, package_key, count(*) as users, cast(sum(cast(use as decimal(38, 18))) as double) as use
    from used
    group by segment_id, package_key
),
source as (
    select package_key, repo_id from core.published_package
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
searched as (
    select distinct component.package_key
    from core.component
    semi join used on used.package_key = component.package_key
    join core.osv_package as named on named.purl = component.purl
    join (select distinct ecosystem from core.advisory_entry) as loaded on loaded.ecosystem = named.ecosystem
    join core.enterprise
        on enterprise.enterprise_id = component.enterprise_id and enterprise.kind = 'enterprise'
    where component.version is not null
        and not component.in_test_data
        and not component.is_own
        and coalesce(component.scope, '') <> 'excluded'
),
exposed as (
    select
        exposure.package_key,
        min(
            case
                when exposure.kev_date is not null
                    or coalesce(exposure.ssvc_exploitation, '') = 'active'
                    or coalesce(len(exposure.fixed_versions), 0) = 0
                    then 0.0
                else 0.5
            end
        ) as vulnerability
    from mart.vulnerability_exposure as exposure
    join core.enterprise
        on enterprise.enterprise_id = exposure.enterprise_id and enterprise.kind = 'enterprise'
    where exposure.status = 'affected'
        and exposure.informational is null
        and not exposure.in_test_data
        and not exposure.is_own
        and coalesce(exposure.scope, '') <> 'excluded'
    group by exposure.package_key
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
        cast(
            coalesce(exposed.vulnerability, case when searched.package_key is not null then 1 end) as double
        ) as vulnerability,
        case
            when health.contributor_absence_factor is not null
                then least(1, health.contributor_absence_factor / bound.value)
        end as people
    from total
    left join health on health.package_key = total.package_key
    left join searched on searched.package_key = total.package_key
    left join exposed on exposed.package_key = total.package_key
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
