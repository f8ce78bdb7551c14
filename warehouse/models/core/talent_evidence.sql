/*
description: >-
  People of the region's enterprises who work on what a segment rests on, with the place where the segment
  shows in the repository that they work on.
grain: one per person, segment and repository in which the person commits
key: [segment_id, person_id, repo_id]
columns:
  segment_id: segment
  person_id: pseudonym, as in core.identity
  enterprise_id: >-
    employer of the person's last commit there; null where the employer is not known and the repository is one
    of the region's enterprises
  repo_id: repository that the person commits to
  object_kind: package, topic, keyword or upstream, what shows the segment in the repository
  object: package key, or the term found
  rule_id: rule of the taxonomy
  commits: the person's commits there in the 365 days up to the day the answers hold for
  commits_in_segment: the same over all repositories in which the segment shows
  not_counted: fewer than five commits in the segment, or employer unknown; null = counted
  path: file in which the segment shows
  line: line in the file, from 1; null where the format has none
formula: >-
  The segment shows in a repository by supply evidence that counts, or by direct demand of weight 1 that is
  not for development only. The numbers are those of scoring.yaml.
source: talent measure of the segments; at least five commits in 12 months
edge_cases:
  - Bots are left out, addresses of one person are joined as in core.identity.
  - People without a known employer are nobody's and do not count; those who work on a repository of the
    region's enterprises are shown, those who work on watched communities are not.
  - Commits are not told apart by file, whoever works on the repository counts.
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.commits') as commits,
        max(value) filter (where name = 'evidence.window_days') as window_days
    from raw.scoring
),
place as (
    select segment_id, repo_id, object_kind, object, rule_id, path, line, 0 as rank
    from core.supply_evidence
    where not_counted is null and object_kind <> 'upstream'
    union all
    select segment_id, repo_id, 'package', package_key, rule_id, path, line, 1
    from core.demand_evidence
    where not_counted is null and directness = 'direct' and not is_development and weight = 1
),
shown as (
    select segment_id, repo_id, object_kind, object, rule_id, path, line
    from place
    qualify row_number() over (
        partition by segment_id, repo_id order by rank, object_kind, object, rule_id, path, line
    ) = 1
),
worked as (
    select
        commit.person_id,
        commit.repo_id,
        max({'day': committed_on, 'sha': sha, 'enterprise': commit.enterprise_id}) as last_commit,
        count(*) as commits
    from core.commit
    join core.repository on repository.repo_id = commit.repo_id
    left join core.enterprise on enterprise.enterprise_id = commit.enterprise_id
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    where not is_bot
        and person_id is not null
        and committed_on > as_of.day - cast((select window_days from bound) as integer)
        and coalesce(enterprise.kind, repository.enterprise_kind) = 'enterprise'
    group by commit.person_id, commit.repo_id
),
joined as (
    select
        segment_id,
        person_id,
        last_commit['enterprise'] as enterprise_id,
        repo_id,
        object_kind,
        object,
        rule_id,
        commits,
        cast(sum(commits) over (partition by segment_id, person_id) as bigint) as commits_in_segment,
        path,
        line
    from worked
    join shown using (repo_id)
)
select
    segment_id,
    person_id,
    enterprise_id,
    repo_id,
    object_kind,
    object,
    rule_id,
    joined.commits,
    commits_in_segment,
    case
        when commits_in_segment < bound.commits then 'fewer than five commits'
        when enterprise_id is null then 'employer unknown'
    end as not_counted,
    path,
    line
from joined
cross join bound
