/*
description: >-
  How healthy the community of a repository is, as far as its history tells: who came, who stayed, how much
  hangs on one person or one employer, how regular the work is.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  history_status: succeeded, partial or failed; null if the history was never read
  is_shallow: history is cut off, so that everything that needs all of it is null
  first_commit_on: author date of the first commit; null likewise
  last_commit_on: author date of the last commit by a person; null if no history could be read
  commits_year: commits by people in the last 365 days, without merges; null likewise
  contributors_year: people with such a commit; null likewise
  contributors_core: of these, the fewest who made 80 % of these commits; null likewise
  contributors_occasional: of these, those with fewer than 5 such commits; null likewise
  contributors_new: of these, those whose first commit to the repository is within the 365 days; null likewise
  contributors_inactive: >-
    people with a commit in the year before and none in the last 365 days; null likewise
  contributor_absence_factor: smallest number of people with half of these commits; null without such commits
  elephant_factor: >-
    smallest number of employers with half of the commits whose author's employer is known; null without such
    commits
  unaffiliated: share of these commits whose author's employer is unknown, 0 to 1; null without such commits
  development_distribution_score: 1 − share of the most active person, 0 to 1; null without such commits
  retention: >-
    share of the people of the last complete quarter but one who committed in the last complete quarter too, 0
    to 1; null if there were none
  burstiness: >-
    −1 regular, 0 random, towards 1 in bursts; null with fewer than 10 commits in the 365 days
formula: >-
  Core, absence and elephant factor: smallest k with cumulative share ≥ 80 %, 50 %, 50 %. Burstiness =
  (σ − μ) / (σ + μ) of the seconds between consecutive commits, by committer time.
source: >-
  CHAOSS metrics Contributors, Inactive Contributors, Contributor Absence Factor, Elephant Factor,
  Organizational Diversity and Burstiness; burstiness by Goh and Barabási, EPL 81 (2008) 48002; the
  development distribution score as ecosyste.ms defines it; core contributors by the 80 % rule of Mockus,
  Fielding and Herbsleb, TOSEM 11 (2002)
edge_cases:
  - Merges, bots, vanished commits and commits without an address are left out.
  - The 365 days end with the day the answers hold for; later author dates are clocks that run ahead and are
    left out.
  - A shallow history that reaches back less than two years understates what looks back.
  - Employers are those that the workspace can recognise; unknown is not independent.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
authored as (
    select
        commit.repo_id,
        commit.sha,
        commit.person_id,
        commit.enterprise_id,
        commit.authored_on,
        date_diff('day', commit.authored_on, as_of.day) as age
    from core.commit
    cross join as_of
    where not commit.is_bot and commit.person_id is not null and not commit.is_merge
        and commit.authored_on <= as_of.day
),
person as (
    select
        repo_id,
        person_id,
        min(age) as last_age,
        max(age) as first_age,
        count(*) filter (where age < 365) as commits,
        count(*) filter (where age >= 365 and age < 730) as commits_before
    from authored
    group by repo_id, person_id
),
ranked as (
    select
        *,
        row_number() over most_active as position,
        sum(commits) over most_active as cumulative,
        sum(commits) over (partition by repo_id) as total
    from person
    window most_active as (
        partition by repo_id
        order by commits desc, person_id
        rows between unbounded preceding and current row
    )
),
people as (
    select
        repo_id,
        max(first_age) as first_age,
        min(last_age) as last_age,
        sum(commits) as commits,
        count(*) filter (where commits > 0) as contributors,
        min(position) filter (where cumulative >= 0.8 * total) as core,
        count(*) filter (where commits between 1 and 4) as occasional,
        count(*) filter (where commits > 0 and first_age < 365) as new,
        count(*) filter (where commits = 0 and commits_before > 0) as inactive,
        min(position) filter (where cumulative * 2 >= total) as absence_factor,
        1 - max(commits) / nullif(sum(commits), 0) as distribution
    from ranked
    group by repo_id
),
employer as (
    select repo_id, enterprise_id, count(*) as commits
    from authored
    where age < 365
    group by repo_id, enterprise_id
),
ranked_employer as (
    select
        repo_id,
        row_number() over largest as position,
        sum(commits) over largest as cumulative,
        sum(commits) over (partition by repo_id) as total
    from employer
    where enterprise_id is not null
    window largest as (
        partition by repo_id
        order by commits desc, enterprise_id
        rows between unbounded preceding and current row
    )
),
elephant as (
    select repo_id, min(position) filter (where cumulative * 2 >= total) as elephant_factor
    from ranked_employer
    group by repo_id
),
unaffiliated as (
    select
        repo_id,
        coalesce(sum(commits) filter (where enterprise_id is null), 0) / sum(commits) as unaffiliated
    from employer
    group by repo_id
),
quarter as (
    select distinct
        repo_id,
        person_id,
        date_diff('quarter', authored_on, as_of.day) as quarters_ago
    from authored
    cross join as_of
    where date_diff('quarter', authored_on, as_of.day) in (1, 2)
),
retained as (
    select
        before.repo_id,
        count(after.person_id) / count(*) as retention
    from quarter as before
    left join quarter as after
        on after.repo_id = before.repo_id and after.person_id = before.person_id and after.quarters_ago = 1
    where before.quarters_ago = 2
    group by before.repo_id
),
gap as (
    select
        authored.repo_id,
        committed_at - lag(committed_at) over (
            partition by authored.repo_id order by committed_at, authored.sha
        ) as seconds
    from authored
    join raw.commit as stamp on stamp.repo_id = authored.repo_id and stamp.sha = authored.sha
    where authored.age < 365
),
rhythm as (
    select
        repo_id,
        case
            when count(*) >= 10
                then (stddev_pop(seconds) - avg(seconds)) / nullif(stddev_pop(seconds) + avg(seconds), 0)
        end as burstiness
    from gap
    group by repo_id
)
select
    repository.repo_id,
    repository.enterprise_id,
    repository.history_status,
    repository.is_shallow,
    case when not is_shallow then as_of.day - cast(people.first_age as integer) end as first_commit_on,
    as_of.day - cast(people.last_age as integer) as last_commit_on,
    case when is_read then cast(coalesce(people.commits, 0) as bigint) end as commits_year,
    case when is_read then coalesce(people.contributors, 0) end as contributors_year,
    case when is_read then case when people.commits > 0 then people.core else 0 end end as contributors_core,
    case when is_read then coalesce(people.occasional, 0) end as contributors_occasional,
    case when is_read then coalesce(people.new, 0) end as contributors_new,
    case when is_read then coalesce(people.inactive, 0) end as contributors_inactive,
    case when people.commits > 0 then people.absence_factor end as contributor_absence_factor,
    elephant.elephant_factor,
    unaffiliated.unaffiliated,
    people.distribution as development_distribution_score,
    retained.retention,
    rhythm.burstiness
from (
    select *, coalesce(history_status in ('succeeded', 'partial'), false) as is_read from core.repository
) as repository
cross join as_of
left join people on people.repo_id = repository.repo_id
left join elephant on elephant.repo_id = repository.repo_id
left join unaffiliated on unaffiliated.repo_id = repository.repo_id
left join retained on retained.repo_id = repository.repo_id
left join rhythm on rhythm.repo_id = repository.repo_id
