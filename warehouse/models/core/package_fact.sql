/*
description: What a registry says of a package, by the key under which packages are compared.
grain: one per package key that a registry was asked for
key: [package_key]
columns:
  package_key: package, as in core.package_key
  purl: package URL under which the registry was asked, without version
  type: purl type
  registry_status: read, absent (the registry has none of this name) or failed (nothing was ever read)
  registry_error: why the last attempt failed; null if it did not
  read_on: day on which the registry last said or confirmed the facts; null if never
  latest_version: version that the registry calls the latest; null if not read or none is called so
  licence: licence as stated for the latest version; null likewise or where not told
  maintainers: accounts that may release; null likewise
  repository_url: source repository as stated; null likewise
  source_repo_id: canonical id of that repository, in lower case; null likewise
  is_deprecated: deprecated, discontinued, abandoned or relocated; null likewise
  deprecation: what the registry says of it; null likewise
formula: of several purls with one key the one that was read, else the first in text order
edge_cases:
  - A package without a row was never asked for, of which nothing follows.
  - >-
    That a registry has none of a name may mean that the package comes from elsewhere, that its name was
    written in small letters, or that it was removed.
*/
select
    key.package_key,
    package.purl,
    package.type,
    package.status as registry_status,
    package.error as registry_error,
    cast(package.read_at as date) as read_on,
    package.latest_version,
    package.licence,
    package.maintainers,
    package.repository_url,
    lower(package.source_repo_id) as source_repo_id,
    package.deprecated as is_deprecated,
    package.deprecation
from raw.package
join core.package_key as key using (purl)
qualify row_number() over (
    partition by key.package_key order by (package.status = 'read') desc, package.purl
) = 1
