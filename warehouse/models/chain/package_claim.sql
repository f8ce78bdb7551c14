/*
description: >-
  Packages that repositories ask for themselves, and whether the taxonomy claims them: what is unclaimed and
  much used is what a planner should write rules for.
grain: one per package that a repository uses directly
key: [package_key]
columns:
  package_key: package, as in core.package_key
  type: purl type
  repositories: repositories that use it directly
  repositories_development: of these, those that do so for development only
  enterprises: enterprises and communities that own these
  is_claimed: a verified rule claims it
  is_hinted: only unverified rules claim it
  segments: segments of the rules that claim it, in text order
formula: core.repository_package with directness direct, joined with core.package_rule
source: check of the taxonomy against a workspace
edge_cases:
  - Packages whose directness a format does not tell are left out.
*/
with claim as (
    select
        package_key,
        bool_or(verified) as is_verified,
        list_sort(list(distinct segment_id)) as segments
    from core.package_rule
    group by package_key
),
by_owner as (
    select
        package_key,
        enterprise_id,
        count(*) as repositories,
        count(*) filter (where is_development) as repositories_development
    from core.repository_package
    where directness = 'direct'
    group by package_key, enterprise_id
),
used as (
    select
        package_key,
        cast(sum(repositories) as bigint) as repositories,
        cast(sum(repositories_development) as bigint) as repositories_development,
        count(enterprise_id) as enterprises
    from by_owner
    group by package_key
)
select
    used.package_key,
    split_part(substr(used.package_key, 5), '/', 1) as type,
    used.repositories,
    used.repositories_development,
    used.enterprises,
    coalesce(claim.is_verified, false) as is_claimed,
    coalesce(not claim.is_verified, false) as is_hinted,
    coalesce(claim.segments, []) as segments
from used
left join claim on claim.package_key = used.package_key
