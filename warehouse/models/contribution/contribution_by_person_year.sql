/*
description: What each person, as a pseudonym, committed to each repository in each year.
grain: one per person, employer at the time, repository and year
key: [person_id, enterprise_id, repo_id, year]
columns:
  person_id: pseudonym, as in core.identity
  enterprise_id: employer on the author date; null = unknown
  repo_id: repository
  repository_owner: enterprise or community that owns the repository
  is_upstream: >-
    the repository belongs to somebody other than the employer; null where the employer is unknown
  year: year of the author date (UTC); null where that is no date
  commits: commits
  commits_no_merges: commits with at most one parent
  added: lines added, without merges, renames not followed; null where none could be counted
  deleted: lines deleted, likewise
  languages: languages of the changed files, in text order
formula: counts and sums over core.commit
source: CHAOSS metric Contributors; lines by git log --numstat --no-renames --no-merges
edge_cases:
  - Bots, vanished commits and commits without an address are left out.
  - A commit that is in several repositories (a fork and its upstream) counts in each.
  - A shallow history counts only what was fetched; mart.coverage says which.
  - Where lines of some commits could not be counted (missing objects), the sums cover the others.
incremental:
  rows: [core.commit, core.repository, raw.commit_language]
*/
with authored as not materialized (
    select *, extract(year from authored_on) as year
    from core.commit
    where not is_bot and person_id is not null
),
languages as (
    select person_id, enterprise_id, repo_id, year, list_sort(list(distinct language)) as languages
    from authored
    join raw.commit_language using (repo_id, sha)
    group by person_id, enterprise_id, repo_id, year
),
sums as (
    select
        person_id,
        enterprise_id,
        repo_id,
        year,
        count(*) as commits,
        count(*) filter (where not is_merge) as commits_no_merges,
        cast(sum(added) filter (where not is_merge) as bigint) as added,
        cast(sum(deleted) filter (where not is_merge) as bigint) as deleted
    from authored
    group by person_id, enterprise_id, repo_id, year
)
select
    sums.person_id,
    sums.enterprise_id,
    sums.repo_id,
    repository.enterprise_id as repository_owner,
    sums.enterprise_id <> repository.enterprise_id as is_upstream,
    sums.year,
    commits,
    commits_no_merges,
    added,
    deleted,
    coalesce(languages.languages, []) as languages
from sums
join core.repository on repository.repo_id = sums.repo_id
left join languages
    on languages.person_id = sums.person_id
    and languages.enterprise_id is not distinct from sums.enterprise_id
    and languages.repo_id = sums.repo_id
    and languages.year is not distinct from sums.year
