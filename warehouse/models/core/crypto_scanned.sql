/*
description: Repositories that were scanned for cryptography.
grain: one per repository whose scan for cryptography succeeded, wholly or in part
key: [repo_id]
columns:
  repo_id: repository
edge_cases:
  - A repository without a row was not looked at, which is not the same as using none.
incremental:
  rows: [raw.repository_scan]
*/
select repo_id
from raw.repository_scan
where scanner = 'crypto' and status in ('succeeded', 'partial')
