/*
description: The months for which the history of a repository is counted, those without a commit included.
grain: one per repository whose history was read and month from its first commit on
key: [repo_id, month]
columns:
  repo_id: repository
  month: first day of the month, UTC
formula: months from the first author date to the day the answers hold for
edge_cases:
  - A repository whose history could not be read has no row; of a shallow history the first month is cut off.
incremental:
  rows: [core.commit]
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
span as (
    select repo_id, min(authored_on) as first_on
    from core.commit
    cross join as_of
    where authored_on <= as_of.day
    group by repo_id
)
select
    repo_id,
    cast(
        unnest(generate_series(date_trunc('month', first_on), date_trunc('month', as_of.day), interval 1 month)) as date
    ) as month
from span
cross join as_of
