/*
description: >-
  What provides the cryptography that a repository uses: packages among its components, with how much of them is seen in
  its code, the languages' own libraries and platforms, and APIs of packages that no file of it names.
grain: one per repository and library
key: [repo_id, library]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  library: package without version, name of the platform or registry, or of an undeclared package the beginning of its API
  kind: package, undeclared (an API of packages of which none is among the components), platform, standard or own
  package_key: package without version; null for what is no package of the repository
  versions: versions in use, in text order; empty where none is told
  direct: the project itself asks for it; null where no file tells, and for what is no package
  provides: algorithm families that the library provides; null where it is not told which package it is
  protocols: protocols that the library speaks; null likewise
  sites: places of the repository that use its API; null if the repository was not scanned for cryptography
  families: algorithm families that these places use; null likewise
  source: where it is written what the library provides; null where it is not told which package it is
  path: a file that names the package; null for what is no package
  line: line in that file; null where the format has none
formula: >-
  packages of core.component in raw.crypto_library, joined to core.crypto_use by the beginning of the API's name in
  raw.crypto_library_api; what platforms provide and nobody declares likewise, without a component
source: sbom/crypto/libraries
edge_cases:
  - 0 places does not mean that the package is not used, only that no rule met its API.
  - A package that provides no algorithm itself (a client that speaks TLS, a starter that brings another package) has a
    row only where its API is used.
  - An API that several packages provide counts for each of them; sums over libraries count a place more than once.
  - A package that implements the API of a platform (a JCA provider) has the places that ask this API for an algorithm
    that the platform lacks and the package provides.
  - Functions of the repository itself, commands and configuration belong to no library and have no row.
incremental:
  rows: [core.component, core.crypto_scanned, core.crypto_use]
*/
with scanned as (
    select repo_id from core.crypto_scanned
),
known as (
    select
        component.*,
        case
            when component.package_key like 'pkg:golang/gopkg.in/%'
                then regexp_replace(component.package_key, '\.v[0-9]+$', '')
            else component.package_key
        end as library
    from core.component
    where
        not component.in_test_data
        and (
            component.package_key in (select library from raw.crypto_library)
            or component.package_key like 'pkg:golang/gopkg.in/%'
        )
),
named as (
    select
        repo_id,
        min(enterprise_id) as enterprise_id,
        package_key,
        min(library) as library,
        list_sort(list(distinct version) filter (where version is not null)) as versions,
        case
            when bool_or(direct) then true
            when bool_and(direct is not null) then false
        end as direct,
        min({'path': path, 'line': line}) as place
    from known
    group by repo_id, package_key
),
packages as (
    select
        named.*,
        provider.provides,
        provider.protocols,
        provider.implements,
        provider.brings,
        provider.source
    from named
    join raw.crypto_library as provider on provider.library = named.library
),
place as (
    select repo_id, enterprise_id, path, line, "column", language, library as rule_library, api, family
    from core.crypto_use
    where origin = 'code'
),
symbol as (
    select distinct language, rule_library, api from place
),
offered as (
    select
        symbol.language,
        symbol.rule_library,
        symbol.api,
        offer.library,
        offer.symbol,
        provider.kind,
        provider.provides
    from symbol
    join raw.crypto_library_api as offer
        on offer.language = symbol.language
        and (symbol.api = offer.symbol or starts_with(symbol.api, offer.prefix))
        and (len(offer.rule_libraries) = 0 or list_contains(offer.rule_libraries, symbol.rule_library))
    join raw.crypto_library as provider on provider.library = offer.library
),
used as (
    select place.*, offered.library, offered.symbol, offered.kind, offered.provides
    from place
    join offered using (language, rule_library, api)
),
credited as (
    select packages.repo_id, packages.package_key, used.path, used.line, used."column", used.family
    from packages
    join used on used.repo_id = packages.repo_id and used.library = packages.library
    union all
    select packages.repo_id, packages.package_key, used.path, used.line, used."column", used.family
    from packages
    join used
        on used.repo_id = packages.repo_id
        and used.library = packages.implements
        and list_contains(packages.provides, used.family)
        and not list_contains(used.provides, used.family)
),
counted as (
    select
        repo_id,
        package_key,
        count(distinct (path, line, "column")) as sites,
        list_sort(list(distinct family) filter (where family is not null)) as families
    from credited
    group by repo_id, package_key
),
declared as (
    select repo_id, path, line, "column" from credited
    union all
    select repo_id, path, line, "column" from used where kind != 'package'
),
undeclared as (
    select used.*
    from used
    anti join declared using (repo_id, path, line, "column")
    where used.kind = 'package'
),
other as (
    select repo_id, enterprise_id, library, kind, path, line, "column", family from used where kind != 'package'
    union all
    select repo_id, enterprise_id, symbol, 'undeclared', path, line, "column", family from undeclared
),
others as (
    select
        repo_id,
        min(enterprise_id) as enterprise_id,
        library,
        kind,
        count(distinct (path, line, "column")) as sites,
        list_sort(list(distinct family) filter (where family is not null)) as families
    from other
    group by repo_id, library, kind
)
select
    packages.repo_id,
    packages.enterprise_id,
    packages.package_key as library,
    'package' as kind,
    packages.package_key,
    coalesce(packages.versions, []) as versions,
    packages.direct,
    packages.provides,
    packages.protocols,
    case when scanned.repo_id is not null then coalesce(counted.sites, 0)::bigint end as sites,
    case when scanned.repo_id is not null then coalesce(counted.families, []) end as families,
    packages.source,
    packages.place.path as path,
    packages.place.line as line
from packages
left join scanned on scanned.repo_id = packages.repo_id
left join counted on counted.repo_id = packages.repo_id and counted.package_key = packages.package_key
where counted.sites > 0 or (len(packages.provides) > 0 and not coalesce(packages.brings, false))
union all
select
    others.repo_id,
    others.enterprise_id,
    others.library,
    others.kind,
    null as package_key,
    [] as versions,
    null as direct,
    provider.provides,
    provider.protocols,
    others.sites,
    coalesce(others.families, []) as families,
    provider.source,
    null as path,
    null as line
from others
join scanned on scanned.repo_id = others.repo_id
left join raw.crypto_library as provider on provider.library = others.library
