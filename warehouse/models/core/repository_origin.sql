/*
description: >-
  Whether a repository is somebody else's work kept under another name: a fork or mirror, and whether the people of
  its owner added anything to it.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  origin_repo_id: repository that it is a fork or mirror of; null if it is of none, or none is known by name
  basis: >-
    forge (the forge calls it a fork or mirror), history (it begins with the same commit as another owner's
    repository of the workspace); null if nothing says so
  commits_own: >-
    commits by people of its owner that are not in the other repositories; null where nothing says that it is a
    copy, or no history could be read
  commits_unknown: the same by people of unknown employer; null likewise
  is_copy: >-
    true = a fork or mirror without own commits; false = nothing says that it is one, or it has own commits; null =
    a fork or mirror, and only people of unknown employer committed to it alone
formula: >-
  Repositories whose first-parent lines begin with the same commit are one family. Original is the one that no forge
  calls a fork or mirror; of several a watched community's, then the one with the most commits of its owner's people.
  Commits that the other owners' repositories of the family do not hold are its own; where the workspace holds no
  original, those committed since the forge made the fork.
source: strength of supply, forks and mirrors without own commits give none
edge_cases:
  - A copy whose history was rewritten or squashed begins with another commit and cannot be told from git alone.
  - The history of a shallow clone has no beginning that could be compared.
  - Of a mirror that is fresher than its original, commits of unknown people may be the original's; it stays unknown.
*/
with told as (
    select
        known.repo_id,
        coalesce(told.is_fork, false) as is_fork,
        told.mirror_url is not null as is_mirror,
        coalesce(parent.repo_id, told.parent_repo_id) as parent_repo_id,
        cast(told.created_at as date) as created_on
    from core.repository_forge as known
    join raw.forge_repository as told using (forge, repository_id)
    left join core.repository_name as parent on parent.name_key = lower(told.parent_repo_id)
),
root as (
    select repo_id, min(sha) as root_sha
    from raw.commit
    where first_parent and len(parents) = 0 and not coalesce(vanished, false)
    group by repo_id
),
member as (
    select
        root.repo_id,
        root.root_sha,
        repository.enterprise_id,
        repository.enterprise_kind,
        coalesce(told.is_fork or told.is_mirror, false) as is_told,
        count(repository.enterprise_id) over (partition by root.root_sha) as members
    from root
    join core.repository on repository.repo_id = root.repo_id and not coalesce(repository.is_shallow, false)
    left join told on told.repo_id = root.repo_id
),
family as (
    select root_sha
    from member
    where members > 1
    group by root_sha
    having count(distinct enterprise_id) > 1
),
shared as (
    select
        member.root_sha,
        commit.sha,
        min(member.enterprise_id) as first_owner,
        max(member.enterprise_id) as last_owner
    from member
    join family on family.root_sha = member.root_sha
    join core.commit on commit.repo_id = member.repo_id
    group by member.root_sha, commit.sha
),
worked as (
    select
        member.repo_id,
        member.root_sha,
        count(*) filter (where commit.enterprise_id = member.enterprise_id) as commits_by_owner,
        count(*) filter (
            where commit.enterprise_id = member.enterprise_id and shared.first_owner = shared.last_owner
        ) as commits_own,
        count(*) filter (where commit.enterprise_id is null and shared.first_owner = shared.last_owner)
            as commits_unknown
    from member
    join core.commit on commit.repo_id = member.repo_id and not commit.is_bot
    join shared on shared.root_sha = member.root_sha and shared.sha = commit.sha
    group by member.repo_id, member.root_sha
),
original as (
    select member.root_sha, member.repo_id, member.enterprise_id
    from member
    join worked on worked.repo_id = member.repo_id
    where not member.is_told and (member.enterprise_kind = 'community' or worked.commits_by_owner > 0)
    qualify row_number() over (
        partition by member.root_sha
        order by member.enterprise_kind = 'community' desc, worked.commits_by_owner desc, member.repo_id
    ) = 1
),
since_fork as (
    select
        commit.repo_id,
        count(*) filter (where commit.enterprise_id = repository.enterprise_id) as commits_own,
        count(*) filter (where commit.enterprise_id is null and not told.is_mirror) as commits_unknown
    from told
    join core.repository on repository.repo_id = told.repo_id
    join core.commit on commit.repo_id = told.repo_id and not commit.is_bot
    where (told.is_fork or told.is_mirror)
        and (told.is_mirror or told.created_on is null or commit.committed_on >= told.created_on)
    group by commit.repo_id
),
judged as (
    select
        repository.repo_id,
        case
            when is_told.repo_id is not null then coalesce(is_told.parent_repo_id, original.repo_id)
            when worked.repo_id is not null then original.repo_id
        end as origin_repo_id,
        case
            when is_told.repo_id is not null then 'forge'
            when worked.repo_id is not null then 'history'
        end as basis,
        case
            when not repository.has_history then null
            when worked.repo_id is not null then worked.commits_own
            when is_told.repo_id is not null then coalesce(since_fork.commits_own, 0)
        end as commits_own,
        case
            when not repository.has_history then null
            when worked.repo_id is not null then worked.commits_unknown
            when is_told.repo_id is not null then coalesce(since_fork.commits_unknown, 0)
        end as commits_unknown
    from core.repository
    left join (select * from told where is_fork or is_mirror) as is_told on is_told.repo_id = repository.repo_id
    left join worked on worked.repo_id = repository.repo_id
    left join original on original.root_sha = worked.root_sha
    left join since_fork on since_fork.repo_id = repository.repo_id
    where is_told.repo_id is not null
        or (worked.repo_id is not null and coalesce(original.enterprise_id <> repository.enterprise_id, true))
)
select
    repository.repo_id,
    judged.origin_repo_id,
    judged.basis,
    judged.commits_own,
    judged.commits_unknown,
    case
        when judged.repo_id is null or judged.commits_own > 0 then false
        when judged.commits_own = 0 and judged.commits_unknown = 0 then true
    end as is_copy
from core.repository
left join judged on judged.repo_id = repository.repo_id
