/*
description: How many employers keep a repository alive, and how evenly.
grain: one per repository with a commit and period
key: [repo_id, period]
columns:
  repo_id: repository
  period: all (the whole history) or year (the 365 days up to the day the answers hold for)
  organisations: known employers with a commit
  elephant_factor: smallest number of known employers with half of the commits whose employer is known
  largest_share: share of the largest known employer in these commits, 0 to 1
  concentration: Herfindahl-Hirschman index of the known employers' shares, 0 to 1; 1 = one employer alone
  unaffiliated: share of all commits whose author's employer is unknown, 0 to 1
formula: >-
  Elephant factor: smallest k with cumulative share ≥ 50 %. Concentration: sum of squared shares. Both over
  commits with a known employer.
source: CHAOSS metrics Elephant Factor and Organizational Diversity; Herfindahl-Hirschman index
edge_cases:
  - Without a commit of known employer all but unaffiliated are null, which is not the same as one employer.
  - Employers are those that the workspace can recognise; the larger unaffiliated is, the less the others say.
  - Otherwise as contribution.organisation_share.
*/
with ranked as (
    select
        *,
        commits / known.total as known_share,
        row_number() over largest as position,
        sum(commits) over largest * 2 >= known.total as has_half
    from mart.organisation_share
    join (
        select repo_id, period, sum(commits) as total
        from mart.organisation_share
        where enterprise_id is not null
        group by repo_id, period
    ) as known using (repo_id, period)
    where enterprise_id is not null
    window largest as (
        partition by repo_id, period
        order by commits desc, enterprise_id
        rows between unbounded preceding and current row
    )
),
measured as (
    select
        repo_id,
        period,
        count(*) as organisations,
        min(position) filter (where has_half) as elephant_factor,
        max(known_share) as largest_share,
        sum(known_share * known_share) as concentration
    from ranked
    group by repo_id, period
)
select
    share.repo_id,
    share.period,
    any_value(measured.organisations) as organisations,
    any_value(measured.elephant_factor) as elephant_factor,
    any_value(measured.largest_share) as largest_share,
    any_value(measured.concentration) as concentration,
    coalesce(sum(share.share) filter (where share.enterprise_id is null), 0) as unaffiliated
from mart.organisation_share as share
left join measured on measured.repo_id = share.repo_id and measured.period = share.period
group by share.repo_id, share.period
