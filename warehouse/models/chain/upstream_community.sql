/*
description: >-
  The upstream projects that a segment rests on here, the nearest first: where to join a community that the
  region already depends on.
grain: one per segment and package in use, at most ten for a segment
key: [segment_id, package_key]
columns:
  segment_id: segment
  package_key: package, as in core.package_key
  place: order within the segment, from 1
  owner: upstream owner, as in core.rule_owner
  foreign_factor: f of the owner; null without a home country
  users: enterprises that use the package
  use: sum of their use
  source_repo_id: its repository in the workspace; null if it is not watched
  contributors_here: >-
    people of the region's enterprises with commits there in 12 months; null if the repository is not watched
  resilience: 0 to 1, as in mart.segment_component; null if nothing is known
formula: by people of the region who contribute, then by use
source: communities that the region depends on
edge_cases:
  - Repositories of the region's own enterprises are no upstream communities, but show who keeps the package.
*/
with contributor as (
    select commit.repo_id, count(distinct person_id) as people
    from core.commit
    join core.enterprise on enterprise.enterprise_id = commit.enterprise_id and enterprise.kind = 'enterprise'
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    where not is_bot and committed_on > as_of.day - 365
    group by commit.repo_id
),
owner as (
    select
        rule.segment_id,
        rule.package_key,
        min(owner.owner) as owner,
        min(owner.foreign_factor) as foreign_factor
    from core.package_rule as rule
    join core.rule_owner as owner on owner.rule_id = rule.rule_id
    group by rule.segment_id, rule.package_key
),
placed as (
    select
        component.segment_id,
        component.package_key,
        row_number() over (
            partition by component.segment_id
            order by contributor.people desc nulls last, component.use desc, component.package_key
        ) as place,
        owner.owner,
        owner.foreign_factor,
        component.users,
        component.use,
        component.source_repo_id,
        case when component.source_repo_id is not null then coalesce(contributor.people, 0) end
            as contributors_here,
        component.resilience
    from mart.segment_component as component
    left join owner
        on owner.segment_id = component.segment_id and owner.package_key = component.package_key
    left join contributor on contributor.repo_id = component.source_repo_id
)
select * from placed where place <= 10
