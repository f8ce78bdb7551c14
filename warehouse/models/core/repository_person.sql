/*
description: Who committed to a repository, since when and how much.
grain: one per repository and person with a commit without merges
key: [repo_id, person_id]
columns:
  repo_id: repository
  person_id: pseudonym, as in core.identity
  first_on: author date of the first commit
  last_on: author date of the last commit
  commits: commits without merges
  commits_year: of these, those of the 365 days up to the day the answers hold for
  commits_before: of these, those of the 365 days before
  is_core: among the fewest people who made 80 % of the repository's commits of the 365 days
formula: counts over core.commit by author date (UTC); people with as many commits in the order of their pseudonyms
source: core contributors by the 80 % rule of Mockus, Fielding and Herbsleb, TOSEM 11 (2002)
edge_cases:
  - Merges, bots, vanished commits, commits without an address and author dates after the day are left out.
incremental:
  rows: [core.commit]
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
person as (
    select
        repo_id,
        person_id,
        min(authored_on) as first_on,
        max(authored_on) as last_on,
        count(*) as commits,
        count(*) filter (where authored_on > as_of.day - 365) as commits_year,
        count(*) filter (where authored_on <= as_of.day - 365 and authored_on > as_of.day - 730) as commits_before
    from core.commit
    cross join as_of
    where not is_bot and person_id is not null and not is_merge and authored_on <= as_of.day
    group by repo_id, person_id
)
select
    *,
    commits_year > 0
    and sum(commits_year) over most_active - commits_year < 0.8 * sum(commits_year) over (partition by repo_id)
        as is_core
from person
window most_active as (
    partition by repo_id
    order by commits_year desc, person_id
    rows between unbounded preceding and current row
)
