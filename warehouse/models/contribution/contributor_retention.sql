/*
description: Who came, who stayed and who left a repository, quarter by quarter.
grain: one per repository and complete quarter from its first commit on, quarters without a commit included
key: [repo_id, quarter]
columns:
  repo_id: repository
  quarter: first day of the quarter
  contributors: people with a commit without merges
  new: of these, people without a commit to the repository before the quarter
  retained: of these, people with a commit in the quarter before
  inactive: people of the quarter before without a commit in this one
  retention: retained / people of the quarter before, 0 to 1; null if there were none
formula: counts of people over core.commit by author date (UTC)
source: CHAOSS metrics Contributors, New Contributors, Inactive Contributors and Contributor Retention
edge_cases:
  - A quarter that was seen and empty has zeros; quarters of a history that was not read have no row.
  - In a shallow history somebody may look new who is not.
  - The quarter of the day that the answers hold for is incomplete and has no row.
  - Merges, bots, vanished commits and commits without an address are left out.
incremental:
  rows: [core.commit]
*/
with as_of as (
    select cast(date_trunc('quarter', cast(value as date)) as date) as day from meta.parameter where name = 'as_of'
),
active as (
    select repo_id, list_sort(list(distinct cast(date_trunc('quarter', authored_on) as date))) as quarters
    from core.commit
    cross join as_of
    where not is_bot and not is_merge and person_id is not null and authored_on < as_of.day
    group by repo_id, person_id
),
placed as (
    select
        repo_id,
        quarters[place] as quarter,
        case when place > 1 then quarters[place - 1] end as previous,
        case when place < len(quarters) then quarters[place + 1] end as next
    from (select repo_id, quarters, unnest(range(1, len(quarters) + 1)) as place from active)
),
counted as (
    select
        repo_id,
        quarter,
        count(*) as contributors,
        count(*) filter (where previous is null) as new,
        count(*) filter (where date_diff('quarter', previous, quarter) = 1) as retained,
        count(*) filter (where next is null or date_diff('quarter', quarter, next) > 1) as leaving
    from placed
    group by repo_id, quarter
),
span as (
    select repo_id, min(quarters[1]) as first_quarter from active group by repo_id
),
quarters as (
    select repo_id, cast(quarter as date) as quarter
    from (
        select repo_id, unnest(generate_series(first_quarter, as_of.day - interval 1 day, interval 3 month)) as quarter
        from span
        cross join as_of
    )
),
filled as (
    select
        quarters.repo_id,
        quarters.quarter,
        coalesce(contributors, 0) as contributors,
        coalesce(new, 0) as new,
        coalesce(retained, 0) as retained,
        coalesce(leaving, 0) as leaving
    from quarters
    left join counted on counted.repo_id = quarters.repo_id and counted.quarter = quarters.quarter
)
select
    repo_id,
    quarter,
    contributors,
    new,
    retained,
    coalesce(lag(leaving) over by_time, 0) as inactive,
    retained / nullif(lag(contributors) over by_time, 0) as retention
from filled
window by_time as (partition by repo_id order by quarter)
