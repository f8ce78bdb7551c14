/*
description: Repositories that have to do with a segment, by whatever evidence.
grain: one per segment and repository with evidence that counts
key: [segment_id, repo_id]
columns:
  segment_id: segment
  repo_id: repository
edge_cases:
  - Users, suppliers and places of work are not told apart here; core.segment_evidence does.
*/
select distinct segment_id, repo_id
from core.segment_evidence
where not_counted is null and repo_id is not null
