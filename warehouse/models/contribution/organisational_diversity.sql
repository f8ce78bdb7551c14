/*
description: How many employers keep a repository alive, and how evenly.
grain: one per repository with a commit and period
key: [repo_id, period]
columns:
  repo_id: repository
  period: all (the whole history) or year (the 365 days up to the day the answers hold for)
  organisations: known employers with a commit; null without a commit of known employer
  largest_share: share of the largest known employer in these commits, 0 to 1; null likewise
  concentration: >-
    Herfindahl-Hirschman index of the known employers' shares, 0 to 1; 1 = one employer alone; null likewise
  unaffiliated: share of all commits whose author's employer is unknown, 0 to 1
formula: concentration = sum of squared shares over commits with a known employer
source: CHAOSS metric Organizational Diversity; Herfindahl-Hirschman index
edge_cases:
  - Without a commit of known employer all but unaffiliated are null, which is not the same as one employer.
  - Employers are those that the workspace can recognise; the larger unaffiliated is, the less the others say.
  - Otherwise as mart.organisation_share.
*/
with known as (
    select
        repo_id,
        period,
        enterprise_id,
        commits / sum(commits) over (partition by repo_id, period) as share
    from mart.organisation_share
    where enterprise_id is not null
),
measured as (
    select
        repo_id,
        period,
        count(*) as organisations,
        max(share) as largest_share,
        cast(sum(cast(share * share as decimal(38, 18))) as double) as concentration
    from known
    group by repo_id, period
)
select
    share.repo_id,
    share.period,
    any_value(measured.organisations) as organisations,
    any_value(measured.largest_share) as largest_share,
    any_value(measured.concentration) as concentration,
    coalesce(sum(share.share) filter (where share.enterprise_id is null), 0) as unaffiliated
from mart.organisation_share as share
left join measured on measured.repo_id = share.repo_id and measured.period = share.period
group by share.repo_id, share.period
