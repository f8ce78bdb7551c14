/*
description: Every name by which a repository of the workspace is known, so that a rename breaks no join.
grain: one per name
key: [name_key]
columns:
  name_key: name in lower case, as host/owner/name
  repo_id: repository of the workspace
  is_former: the workspace names the repository otherwise
formula: >-
  The workspace's own name, and all names under which its forge has told of the same numeric repository id.
edge_cases:
  - A name that another repository of the workspace carries is that one's.
  - Of two repositories that carried a name, the one that was seen under it last counts.
*/
with told as (
    select forge, repository_id, repo_id, last_seen_at from raw.forge_repository_name
    union all
    select forge, repository_id, repo_id, null from raw.forge_repository where repo_id is not null
),
name as (
    select lower(repo_id) as name_key, repo_id, false as is_former, cast(null as timestamptz) as last_seen_at
    from raw.repository
    union all
    select lower(told.repo_id), known.repo_id, true, told.last_seen_at
    from core.repository_forge as known
    join told on told.forge = known.forge and told.repository_id = known.repository_id
)
select name_key, repo_id, is_former
from name
qualify row_number() over (
    partition by name_key order by is_former, last_seen_at desc nulls last, repo_id
) = 1
