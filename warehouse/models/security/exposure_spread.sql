/*
description: In how many repositories of the workspace each vulnerability is.
grain: one per vulnerability that affects some repository
key: [group_id]
columns:
  group_id: vulnerability, as in core.advisory_group
  repositories: repositories that it affects
  observed: repositories of the workspace whose packages could be read
formula: distinct repositories of mart.vulnerability_exposure by vulnerability
source: the blast factor of mart.risk_score
edge_cases:
  - Test data and notices that are no vulnerability are left out, as in mart.risk_score.
*/
with workspace as (
    select count(*) filter (where is_observed) as observed from core.repository
)
select group_id, count(distinct repo_id) as repositories, any_value(workspace.observed) as observed
from mart.vulnerability_exposure
cross join workspace
where status = 'affected' and not in_test_data and informational is null
group by group_id
