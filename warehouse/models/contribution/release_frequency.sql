/*
description: How often a repository releases, by its tags and by what its forge calls releases.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  tags: tags that name a version; null if no history was read
  releases_forge: releases on the forge that are public; null if they were never crawled
  releases_year: versions released in the last 365 days; null if neither is known
  first_on: day of the first version; null without one
  last_on: day of the last version; null likewise
  days_between: median days between two following days with a version; null with fewer than two such days
  has_stable: a version ≥ 1 without a suffix was released; null if neither is known
formula: >-
  A version is a tag whose name holds digits with a dot between (v1.2, release-1.2.3) or a release of the forge.
  A tag's day is that of the tag object, else of its commit; a release's day is when it was published.
source: CHAOSS metric Release Frequency
edge_cases:
  - A tag and a release of the same name are one version, with the day of the release.
  - Zero tags is an observation; a forge that was never asked gives null.
  - Tags that lead to no commit, or whose time is beyond the day the answers hold for, are left out.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
tag as (
    select repo_id, name, coalesce(tagged_at, committed_at) as epoch
    from raw.tag
    where regexp_matches(name, '\d+\.\d') and commit_sha is not null
),
dated_tag as (
    select repo_id, name, date '1970-01-01' + cast(floor(epoch / 86400.0) as integer) as day
    from tag
    where epoch between 0 and 253402300799
),
released as (
    select repository.repo_id, release.tag as name, cast(release.published_at as date) as day
    from raw.release
    join core.repository_forge as repository using (forge, repository_id)
    where release.published_at is not null and not coalesce(release.is_draft, false) and release.removed_at is null
),
crawled as (
    select distinct repository.repo_id
    from raw.forge_crawl as crawl
    join core.repository_forge as repository using (forge, repository_id)
    where crawl.endpoint = 'releases' and crawl.status in ('complete', 'unchanged')
),
version as (
    select repo_id, name, coalesce(max(released.day), max(dated_tag.day)) as day
    from dated_tag
    full join released using (repo_id, name)
    group by repo_id, name
),
known as (
    select version.* from version cross join as_of where version.day <= as_of.day
),
gap as (
    select repo_id, date_diff('day', lag(day) over (partition by repo_id order by day), day) as days
    from (select distinct repo_id, day from known)
),
middle as (
    select repo_id, median(days) as days_between from gap where days is not null group by repo_id
),
counted as (
    select
        repo_id,
        count(*) filter (where date_diff('day', known.day, as_of.day) < 365) as releases_year,
        min(known.day) as first_on,
        max(known.day) as last_on,
        bool_or(regexp_full_match(name, '\D*[1-9]\d*(\.\d+)+')) as has_stable
    from known
    cross join as_of
    group by repo_id
),
seen as (
    select
        repository.repo_id,
        repository.has_history as has_tags,
        crawled.repo_id is not null as has_releases
    from core.repository
    left join crawled on crawled.repo_id = repository.repo_id
)
select
    seen.repo_id,
    case when has_tags then coalesce(tags.tags, 0) end as tags,
    case when has_releases then coalesce(releases.releases, 0) end as releases_forge,
    case when has_tags or has_releases then coalesce(counted.releases_year, 0) end as releases_year,
    counted.first_on,
    counted.last_on,
    middle.days_between,
    case when has_tags or has_releases then coalesce(counted.has_stable, false) end as has_stable
from seen
left join (select repo_id, count(*) as tags from tag group by repo_id) as tags on tags.repo_id = seen.repo_id
left join (select repo_id, count(*) as releases from released group by repo_id) as releases
    on releases.repo_id = seen.repo_id
left join counted on counted.repo_id = seen.repo_id
left join middle on middle.repo_id = seen.repo_id
