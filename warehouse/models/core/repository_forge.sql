/*
description: What the forge says of the repositories of the workspace, joined by their remotes.
grain: one per repository of the workspace that a forge has told of
key: [repo_id]
columns:
  repo_id: repository of the workspace, as its remote names it
  forge: host of the forge
  repository_id: the forge's numeric id; joins raw.issue, raw.change_request …
  forge_repo_id: its present name, another one than repo_id after a rename
  stars: stars; null if not told
  forks: forks; null if not told
  is_fork: fork of another repository of the forge
  parent_repo_id: what it is a fork of; null if none or not told
  is_archived: read-only by its owner's word; null if not told
  licence: licence as the forge recognises it; null if none
  created_on: day when it was created on the forge
  pushed_on: day of the last push; null if not told
  removed_on: day when it was first found to be gone; null while it is there
formula: >-
  A remote's name is looked up among the names that a repository has carried; of two that carried it, the one
  that was seen under it last counts.
edge_cases:
  - A repository without a remote, or at a host that is not crawled, has no row.
  - Two repositories of the workspace may be one on the forge, by its former and its present name.
*/
with name as (
    select forge, repository_id, repo_id, last_seen_at from raw.forge_repository_name
    union all
    select forge, repository_id, repo_id, null from raw.forge_repository
),
named as (
    select
        repository.repo_id,
        name.forge,
        name.repository_id,
        row_number() over (
            partition by repository.repo_id order by name.last_seen_at desc nulls last, name.repository_id desc
        ) as place
    from raw.repository
    inner join name on name.repo_id = repository.repo_id
)
select
    named.repo_id,
    named.forge,
    named.repository_id,
    forge.repo_id as forge_repo_id,
    forge.stars,
    forge.forks,
    forge.is_fork,
    forge.parent_repo_id,
    forge.is_archived,
    forge.licence,
    cast(forge.created_at as date) as created_on,
    cast(forge.pushed_at as date) as pushed_on,
    cast(forge.removed_at as date) as removed_on
from named
inner join raw.forge_repository as forge
    on forge.forge = named.forge and forge.repository_id = named.repository_id
where named.place = 1
