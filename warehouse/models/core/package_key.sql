/*
description: >-
  Which package a purl means, whatever its version. Everything that compares packages (rules, use,
  publication) compares package keys.
grain: one per distinct purl of any raw table
key: [purl]
columns:
  purl: package URL as observed
  package_key: purl without version, qualifiers and subpath, folded so that equal packages have equal keys
  type: purl type
  namespace: namespace of the key, percent-decoded; null if none
  name: name of the key, percent-decoded
formula: >-
  golang and github in lower case; golang without a trailing /vN; maven without a Scala suffix (_2.13,
  _3); deb and rpm by type and name alone, whatever the distribution.
source: heads of the chain files in taxonomy/
edge_cases:
  - rpm binary packages do not fold onto their source package, so openEuler rules match source names only.
  - A Maven artifact that really ends in _3 folds with its neighbour without it.
*/
with observed as (
    select purl from raw.component
    union
    select from_purl from raw.dependency
    union
    select to_purl from raw.dependency
    union
    select purl from raw.declared_package
    union
    select purl from raw.snapshot_component
    union
    select purl from raw.platform_marker
    union
    select purl from raw.evidence_rule
    union
    select purl from raw.package
),
named as (
    select purl, regexp_replace(purl, '[@?#].*$', '') as package, split_part(substr(purl, 5), '/', 1) as type
    from observed
    where purl is not null
),
folded as (
    select
        purl,
        type,
        case
            when type = 'golang' then regexp_replace(lower(package), '/v[0-9]+$', '')
            when type = 'github' then lower(package)
            when type = 'maven' then regexp_replace(package, '_(2\.[0-9]+|3)$', '')
            when type in ('deb', 'rpm') then 'pkg:' || type || '/' || regexp_extract(package, '[^/]+$')
            else package
        end as package_key
    from named
)
select
    purl,
    package_key,
    type,
    nullif(url_decode(regexp_extract(package_key, '^pkg:[^/]+/(.+)/[^/]+$', 1)), '') as namespace,
    url_decode(regexp_extract(package_key, '[^/]+$')) as name
from folded
