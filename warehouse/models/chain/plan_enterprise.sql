/*
description: The list of enterprises that planners hand out, by what can be seen of their standing in the chains.
grain: one per enterprise of the region
key: [enterprise_id]
columns:
  enterprise_id: enterprise
  district: district; null if not said
  park: software park; null if not said
  repositories: repositories of the workspace that it owns
  repositories_observed: of these, those that could be read
  segments_supplied: segments that it can supply
  supply_total: Σq over these; null if it is not observed
  segments_used: segments that it uses; null likewise
  reach_enterprises: other enterprises here that use a package of which it is the source, over all chains
  leads_chains: chains of which it is the leader, in text order
  packages: packages of which its repositories are the source, as in core.published_package
  repositories_alive: repositories with a commit by a person within 180 days; null if no history was read
formula: counts over mart.enterprise_segment, mart.chain_leader, core.published_package
source: evidence for lists of leading enterprises
edge_cases:
  - Revenue, tax and staff cannot be seen; they may be entered beside (mart.entered_indicator).
*/
with segment as (
    select
        enterprise_id,
        count(*) filter (where supply > 0) as segments_supplied,
        cast(sum(cast(supply as decimal(38, 18))) as double) as supply_total,
        count(*) filter (where use > 0) as segments_used
    from mart.enterprise_segment
    group by enterprise_id
),
lead as (
    select
        enterprise_id,
        max(reach_enterprises) as reach_enterprises,
        list_sort(list(chain_id) filter (where place = 1 and chain_id is not null)) as leads_chains
    from mart.chain_leader
    group by enterprise_id
),
published as (
    select enterprise_id, count(distinct package_key) as packages
    from core.published_package
    group by enterprise_id
),
alive as (
    select
        repository.enterprise_id,
        count(kept.maintenance) as known,
        count(*) filter (where kept.maintenance = 1) as alive
    from core.repository
    join core.repository_maintenance as kept on kept.repo_id = repository.repo_id
    group by repository.enterprise_id
)
select
    enterprise.enterprise_id,
    enterprise.district,
    enterprise.park,
    enterprise.repositories,
    enterprise.repositories_observed,
    coalesce(segment.segments_supplied, 0) as segments_supplied,
    case when enterprise.is_observed then coalesce(segment.supply_total, 0) end as supply_total,
    case when enterprise.is_observed then coalesce(segment.segments_used, 0) end as segments_used,
    coalesce(lead.reach_enterprises, 0) as reach_enterprises,
    coalesce(lead.leads_chains, []) as leads_chains,
    coalesce(published.packages, 0) as packages,
    case when alive.known > 0 then alive.alive end as repositories_alive
from core.enterprise
left join segment on segment.enterprise_id = enterprise.enterprise_id
left join lead on lead.enterprise_id = enterprise.enterprise_id
left join published on published.enterprise_id = enterprise.enterprise_id
left join alive on alive.enterprise_id = enterprise.enterprise_id
where enterprise.kind = 'enterprise'
