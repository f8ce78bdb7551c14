/*
description: >-
  How long vulnerabilities stay once they are known: mean and median time to remediate, per repository, per
  enterprise and over the workspace, by severity.
grain: one per enterprise (null = the workspace), repository (null = all of them) and severity (null = all)
key: [enterprise_id, repo_id, severity]
columns:
  enterprise_id: owner of the repositories; null for the row over the workspace
  repo_id: repository; null for the rows over several
  severity: none, low, medium, high, critical or unrated; null for the row over all
  repositories: repositories with a window
  windows: windows of exposure
  remediated: of these, those that ended
  remediated_known: of these, those that ended after the vulnerability was published
  still_in: of these, those that are still open
  mean_days: mean of days_known over remediated_known; null where there is none
  median_days: median of the same
  longest_open_days: the most days_known of those still open; null where none is
formula: mean and median of mart.exposure_window.days_known over the windows that ended
source: Mean time to remediate as in NIST SP 800-55 v2 measures of remediation; mart.exposure_window
edge_cases:
  - >-
    What is still open is in no mean: where little is remediated, a short mean says little. Read still_in and
    longest_open_days beside it.
  - A vulnerability that left before it was published was remediated by chance and is in no mean.
  - Snapshots lie up to a month or a release apart, and so do the days.
*/
with window_row as (
    select *, coalesce(severity, 'unrated') as rated from mart.exposure_window
)
select
    enterprise_id,
    repo_id,
    rated as severity,
    count(distinct repo_id) as repositories,
    count(*) as windows,
    count(left_day) as remediated,
    count(*) filter (where left_day is not null and days_known is not null) as remediated_known,
    count(*) - count(left_day) as still_in,
    avg(days_known) filter (where left_day is not null) as mean_days,
    median(days_known) filter (where left_day is not null) as median_days,
    max(days_known) filter (where left_day is null) as longest_open_days
from window_row
group by grouping sets (
    (enterprise_id, repo_id, rated), (enterprise_id, repo_id), (enterprise_id, rated), (enterprise_id), (rated), ()
)
having count(*) > 0
