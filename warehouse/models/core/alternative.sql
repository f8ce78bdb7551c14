/*
description: What could replace the products that a segment rests on, as the taxonomy lists it and forges know it.
grain: one per segment and alternative
key: [segment_id, name]
columns:
  segment_id: segment
  name: name of the product or project
  organization_id: who makes it
  repository: URL of its repository; null if none is known
  repository_key: the same as host/owner/name in lower case
  packages: purls whose use is use of it
  open_source: its source is open
  status: archived, stale or check; null = nothing against it is known
  is_open: open source and not archived, which is what counts as an alternative
  source: taxonomy file:line
formula: raw.alternative; archived where the taxonomy or the forge of its repository says so
edge_cases:
  - What no crawl of a forge has seen is archived only if the taxonomy says so.
*/
with listed as (
    select *, lower(regexp_replace(repository, '^https://|\.git$|/$', '', 'g')) as repository_key from raw.alternative
),
name as (
    select forge, repository_id, repo_id, last_seen_at from raw.forge_repository_name
    union all
    select forge, repository_id, repo_id, null from raw.forge_repository where repo_id is not null
),
told as (
    select lower(name.repo_id) as repository_key, forge.is_archived and forge.removed_at is null as is_archived
    from name
    join raw.forge_repository as forge using (forge, repository_id)
    qualify row_number() over (
        partition by lower(name.repo_id) order by name.last_seen_at desc nulls last, name.repository_id desc
    ) = 1
),
archived as (
    select repository_key from told where is_archived
),
judged as (
    select
        listed.* exclude (status),
        case when archived.repository_key is not null then 'archived' else listed.status end as status
    from listed
    left join archived on archived.repository_key = listed.repository_key
)
select
    segment_id,
    name,
    organization_id,
    repository,
    repository_key,
    packages,
    open_source,
    status,
    open_source and coalesce(status, '') <> 'archived' as is_open,
    source
from judged
