/*
description: How widely the enterprises of the region need each segment of each industry chain.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  chain_id: chain
  importance: 0 to 1, from the taxonomy
  observability: how much a crawl of repositories can see, high, medium or low
  registered: enterprises in the workspace
  observed: N, enterprises of which at least one repository could be read
  coverage: observed / registered; null if none is registered
  users: n, observed enterprises with u > 0; null if none is observed
  demand: D, 0 to 1; null if no enterprise is observed
  users_with_development: n, with what is used for development only
  demand_with_development: D, with what is used for development only
  repositories_using: >-
    repositories with evidence that counts, development left out; null if none is observed
  reach: >-
    X, of the repositories of the region's enterprises that could be read the share whose packages meet the segment; null
    if there is none
formula: >-
  D = Σ w·u / Σ w over the observed enterprises, w = 1 for each; u as in mart.enterprise_segment; X =
  repositories reached / repositories observed
source: >-
  Participation rates as in input-output surveys; u is a maximum so that many packages of one segment in
  one enterprise count once.
edge_cases:
  - D = 0 says that no use was seen in any observed enterprise; with low observability or coverage that is
    no finding.
  - Development-only use is kept apart, except in the columns that say so.
*/
with region as (
    select
        count(*) as registered,
        count(*) filter (where is_observed) as observed,
        sum(repositories_observed) as repositories
    from core.enterprise
    where kind = 'enterprise'
),
measured as (
    select
        segment_id,
        count(*) filter (where use > 0) as users,
        cast(sum(cast(use as decimal(38, 18))) as double) as use,
        count(*) filter (where use_with_development > 0) as users_with_development,
        cast(sum(cast(use_with_development as decimal(38, 18))) as double) as use_with_development,
        sum(repositories_using) as repositories_using,
        sum(repositories_reached) as repositories_reached
    from mart.enterprise_segment
    where use is not null
    group by segment_id
)
select
    segment.segment_id,
    segment.chain_id,
    segment.importance,
    segment.observability,
    region.registered,
    region.observed,
    region.observed / nullif(region.registered, 0) as coverage,
    case when region.observed > 0 then coalesce(measured.users, 0) end as users,
    coalesce(measured.use, 0) / nullif(region.observed, 0) as demand,
    case when region.observed > 0 then coalesce(measured.users_with_development, 0) end
        as users_with_development,
    coalesce(measured.use_with_development, 0) / nullif(region.observed, 0) as demand_with_development,
    case when region.observed > 0 then cast(coalesce(measured.repositories_using, 0) as bigint) end
        as repositories_using,
    coalesce(measured.repositories_reached, 0) / nullif(region.repositories, 0) as reach
from raw.segment
cross join region
left join measured on measured.segment_id = segment.segment_id
