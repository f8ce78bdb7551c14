/*
description: >-
  Packages that provide cryptography among what a repository uses, with what they provide and how much of it is seen
  in its code.
grain: one per repository and package
key: [repo_id, package_key]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  package_key: package without version
  versions: versions in use, in text order; empty where none is told
  direct: the project itself asks for it; null where no file tells
  provides: algorithm families that the package provides
  libraries: what the rules call its API
  sites: places of the repository that use its API; null if the repository was not scanned for cryptography
  families: algorithm families that these places use; null likewise
  source: where it is written what the package provides
  path: a file that names the package
  line: line in that file; null where the format has none
formula: packages of core.component in raw.crypto_library, joined to core.crypto_use by the library of the rule and the names
  of its symbols
source: sbom/crypto/libraries.yaml
edge_cases:
  - 0 places does not mean that the package is not used, only that no rule met its API.
  - An API that several packages provide (the JCA, say) counts for each of them.
incremental:
  rows: [core.component, core.crypto_scanned, core.crypto_use]
*/
with scanned as (
    select repo_id from core.crypto_scanned
),
named as (
    select
        component.repo_id,
        min(component.enterprise_id) as enterprise_id,
        component.package_key,
        list_sort(list(distinct component.version) filter (where component.version is not null)) as versions,
        case
            when bool_or(component.direct) then true
            when bool_and(component.direct is not null) then false
        end as direct,
        min({'path': component.path, 'line': component.line}) as place
    from core.component
    where not component.in_test_data
    group by component.repo_id, component.package_key
),
called as (
    select purl, unnest(libraries) as library, apis from raw.crypto_library
),
symbol as (
    select purl, library, unnest(case when coalesce(len(apis), 0) = 0 then [''] else apis end) as prefix
    from called
),
used as (
    select
        used.repo_id,
        symbol.purl,
        count(distinct (path, line, "column")) as sites,
        list(distinct family) filter (where family is not null) as families
    from core.crypto_use as used
    join symbol on symbol.library = used.library and starts_with(used.api, symbol.prefix)
    group by used.repo_id, symbol.purl
)
select
    named.repo_id,
    min(named.enterprise_id) as enterprise_id,
    named.package_key,
    coalesce(min(named.versions), []) as versions,
    min(named.direct) as direct,
    min(library.provides) as provides,
    min(library.libraries) as libraries,
    case when min(scanned.repo_id) is not null then coalesce(sum(used.sites), 0)::bigint end as sites,
    case
        when min(scanned.repo_id) is not null
            then coalesce(list_sort(list_distinct(flatten(list(used.families)))), [])
    end as families,
    min(library.source) as source,
    min(place).path as path,
    min(place).line as line
from named
join raw.crypto_library as library on library.purl = named.package_key
left join scanned on scanned.repo_id = named.repo_id
left join used on used.repo_id = named.repo_id and used.purl = library.purl
group by named.repo_id, named.package_key
