/*
description: >-
  How far what forges tell reaches for each repository of the workspace, endpoint by endpoint. What is not
  covered is unknown and not zero.
grain: one per repository of the workspace with a remote and endpoint; one without endpoint if none was asked
key: [repo_id, endpoint]
columns:
  repo_id: repository of the workspace
  endpoint: what was asked, see raw.forge_crawl; null if the repository was never asked for
  status: complete, unchanged, partial, skipped, failed or unsupported; null likewise
  reason: why it is not complete; null if it is, or if it was never asked for
  covered_on: day until which all is there; null if it is not covered
  is_covered: all that the forge has until that day is there
  items_known: of how many issues and change requests details are wanted; null for lists
  items_done: of these, how many have theirs; null for lists
formula: covered if a crawl of the endpoint came to its end at some time; covered_on is that of the last such crawl
source: raw.forge_crawl, which each crawl writes for each repository and endpoint
edge_cases:
  - A repository without a remote has no row, there is no forge to ask.
*/
with asked as (
    select
        crawl.subject as repo_id,
        crawl.endpoint,
        crawl.status,
        crawl.reason,
        cast(crawl.covered_to as date) as covered_on,
        crawl.items_known,
        crawl.items_done
    from raw.forge_crawl as crawl
    where crawl.endpoint not in ('repositories', 'profiles')
)
select
    repository.repo_id,
    asked.endpoint,
    asked.status,
    asked.reason,
    asked.covered_on,
    asked.covered_on is not null as is_covered,
    asked.items_known,
    asked.items_done
from raw.repository
left join asked on asked.repo_id = repository.repo_id
where repository.host <> 'local'
