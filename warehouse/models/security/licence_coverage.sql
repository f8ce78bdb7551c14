/*
description: How much is known of the licences of what a repository uses, and how much of it needs attention.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  own_licences: expressions of its own licence, in text order; empty where no manifest states one
  components: distinct packages with version that it uses; null unless the scan succeeded at least in part
  known: of these, with a known licence; null likewise
  unknown_share: 1 - known / components; null likewise or if there are no components
  permissive: components of this category; null likewise
  weak_copyleft: likewise
  strong_copyleft: likewise
  network_copyleft: likewise
  restricted: source available or proprietary, likewise
  conflicts: components with verdict conflict that may ship; null likewise or if its own licence is unknown
  checks: components with verdict check that may ship; null likewise
formula: counts over mart.component_licence and mart.licence_conflict
source: licence_policy.yaml
edge_cases:
  - Many lock file formats state no licence at all, so that the unknown share is near 1 without registry facts.
  - A component in several files counts once, with its most restrictive category.
incremental:
  rows: [core.repository, mart.component_licence, mart.licence_conflict]
*/
with component as (
    select
        repo_id,
        purl,
        bool_or(expression is not null) as is_known,
        max(
            case category
                when 'permissive' then 1
                when 'weak copyleft' then 2
                when 'strong copyleft' then 3
                when 'network copyleft' then 4
                when 'source available' then 5
                when 'proprietary' then 6
                else 0
            end
        ) as category
    from mart.component_licence
    group by repo_id, purl
),
counted as (
    select
        repo_id,
        count(*) as components,
        count(*) filter (where is_known) as known,
        count(*) filter (where category = 1) as permissive,
        count(*) filter (where category = 2) as weak_copyleft,
        count(*) filter (where category = 3) as strong_copyleft,
        count(*) filter (where category = 4) as network_copyleft,
        count(*) filter (where category >= 5) as restricted
    from component
    group by repo_id
),
own as (
    select repo_id, list_sort(list(distinct own_licence)) as own_licences
    from mart.component_licence
    where own_licence is not null
    group by repo_id
),
conflict as (
    select
        repo_id,
        count(distinct purl) filter (where verdict = 'conflict') as conflicts,
        count(distinct purl) filter (where verdict = 'check') as checks
    from mart.licence_conflict
    where ships is distinct from false
    group by repo_id
)
select
    repository.repo_id,
    repository.enterprise_id,
    coalesce(own.own_licences, []) as own_licences,
    case when is_observed then coalesce(components, 0) end as components,
    case when is_observed then coalesce(known, 0) end as known,
    case when is_observed then 1 - known / nullif(components, 0) end as unknown_share,
    case when is_observed then coalesce(permissive, 0) end as permissive,
    case when is_observed then coalesce(weak_copyleft, 0) end as weak_copyleft,
    case when is_observed then coalesce(strong_copyleft, 0) end as strong_copyleft,
    case when is_observed then coalesce(network_copyleft, 0) end as network_copyleft,
    case when is_observed then coalesce(restricted, 0) end as restricted,
    case when own.repo_id is not null then coalesce(conflict.conflicts, 0) end as conflicts,
    case when own.repo_id is not null then coalesce(conflict.checks, 0) end as checks
from core.repository
left join counted on counted.repo_id = repository.repo_id
left join own on own.repo_id = repository.repo_id
left join conflict on conflict.repo_id = repository.repo_id
