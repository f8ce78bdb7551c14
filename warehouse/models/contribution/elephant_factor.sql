/*
description: How few employers make half of the commits of a repository.
grain: one per repository with a commit and period
key: [repo_id, period]
columns:
  repo_id: repository
  period: all (the whole history) or year (the 365 days up to the day the answers hold for)
  elephant_factor: >-
    smallest number of known employers with half of the commits whose author's employer is known; null without such
    commits
  commits_known: commits whose author's employer is known
  unaffiliated: share of all commits whose author's employer is unknown, 0 to 1
formula: smallest k such that the k employers with most commits made ≥ 50 % of the commits of known employer
source: CHAOSS metric Elephant Factor
edge_cases:
  - Without a commit of known employer the factor is null, which is not the same as one employer.
  - Employers are those that the workspace can recognise; the larger unaffiliated is, the less the factor says.
  - Otherwise as mart.organisation_share.
*/
with ranked as (
    select
        repo_id,
        period,
        row_number() over largest as position,
        sum(commits) over largest * 2 >= sum(commits) over (partition by repo_id, period) as has_half
    from mart.organisation_share
    where enterprise_id is not null
    window largest as (
        partition by repo_id, period
        order by commits desc, enterprise_id
        rows between unbounded preceding and current row
    )
),
factor as (
    select repo_id, period, min(position) filter (where has_half) as elephant_factor
    from ranked
    group by repo_id, period
)
select
    share.repo_id,
    share.period,
    any_value(factor.elephant_factor) as elephant_factor,
    cast(coalesce(sum(share.commits) filter (where share.enterprise_id is not null), 0) as bigint) as commits_known,
    coalesce(sum(share.share) filter (where share.enterprise_id is null), 0) as unaffiliated
from mart.organisation_share as share
left join factor on factor.repo_id = share.repo_id and factor.period = share.period
group by share.repo_id, share.period
