/*
description: Scans and mirrors that failed or did not happen, with the reason.
grain: one per repository of the workspace and scanner without a result, or mirror that failed
key: [repo_id, scanner]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  scanner: sbom, crypto or history; mirror where the repository could not be cloned or updated
  error_kind: class of the error; null if the scan never ran
  error: reason
  scanned_at: when the scan ended; null if it never ran
formula: repositories × due scanners without a result; mirrors whose last attempt failed
source: raw.repository_scan, raw.mirror
edge_cases:
  - A mirror that could not be updated leaves the answers of the commit that it had.
  - A scan that succeeded in part is no failure; raw.unknown says what it could not read.
  - A plain folder has no history, so the history scanner need not run for it; of a bill of materials made
    elsewhere there is nothing but its components.
*/
select
    repository.repo_id,
    repository.enterprise_id,
    scanner.scanner,
    scan.error_kind,
    case when scan.repo_id is null then 'never scanned' else scan.error end as error,
    scan.scanned_at
from core.repository
cross join (select 'sbom' as scanner union all select 'crypto' union all select 'history') as scanner
left join raw.repository_scan as scan on scan.repo_id = repository.repo_id and scan.scanner = scanner.scanner
where scan.status = 'failed'
    or (
        scan.repo_id is null
        and not (scanner.scanner = 'history' and repository.kind = 'folder')
        and not (scanner.scanner <> 'sbom' and repository.kind = 'bom')
    )
union all
select
    mirror.repo_id,
    repository.enterprise_id,
    'mirror',
    'CrawlError',
    mirror.reason,
    mirror.attempted_at
from raw.mirror as mirror
join core.repository as repository using (repo_id)
where mirror.status = 'failed'
