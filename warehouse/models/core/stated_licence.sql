/*
description: Licences that files of the workspace state for a package version.
grain: one per package URL with a version for which some file states a licence
key: [purl]
columns:
  purl: package URL
  licences: SPDX expressions as declared, in text order
edge_cases:
  - Lock files rarely state licences, so that most packages have no row.
*/
select purl, list_sort(list(distinct licence)) as licences
from core.component
where licence is not null and version is not null
group by purl
