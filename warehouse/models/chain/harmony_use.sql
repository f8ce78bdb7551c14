/*
description: >-
  The native HarmonyOS ecosystem (鸿蒙原生): which of its packages the region uses, and which packages of Android, iOS,
  Flutter and React Native it depends on that have no counterpart of the same name there.
grain: one per package of these ecosystems that the region's enterprises use
key: [package_key]
columns:
  package_key: package, as in core.package_key
  ecosystem: harmony, android, ios, flutter or react-native
  enterprises: enterprises that use it, development left out
  repositories: their repositories
  counterpart: >-
    package of the harmony ecosystem with the same name that a rule of the taxonomy or somebody here names; null if
    there is none; the package itself for harmony
  repo_id: first repository that uses it
  path: file that names it
  line: line in the file, from 1; null where the format has none
formula: >-
  harmony: named by an oh-package file or a rule for ohpm packages; the others by purl type and namespace; a name is
  what follows the namespace, without the prefix react-native-
source: oh-package files, dependencies; native HarmonyOS ecosystem of the region's plan
edge_cases:
  - A counterpart under another name is not found; that there is none is a question to ask, not a finding.
  - Figures of app stores cannot be seen.
*/
with harmony as (
    select package_key from core.component where parser like 'oh%'
    union
    select package_key from core.package_key where package_key like 'pkg:generic/\%40%' escape '\'
),
-- Of distinct packages first: they are far fewer than what repositories use.
package as (
    select
        key.package_key,
        case
            when harmony.package_key is not null then 'harmony'
            when regexp_matches(key.package_key, '^pkg:maven/(androidx|com\.android|com\.google\.android)[./]') then 'android'
            when regexp_matches(key.package_key, '^pkg:(cocoapods|swift)/') then 'ios'
            when regexp_matches(key.package_key, '^pkg:pub/') then 'flutter'
            when regexp_matches(key.package_key, '^pkg:npm/(react-native|.*/react-native|%40react-native)') then 'react-native'
        end as ecosystem
    from (select distinct package_key from core.package_key) as key
    left join harmony on harmony.package_key = key.package_key
),
named as (
    select used.package_key, used.enterprise_id, used.repo_id, package.ecosystem
    from core.repository_package as used
    join package on package.package_key = used.package_key and package.ecosystem is not null
    join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
    where not used.is_development
),
counterpart as (
    select regexp_extract(package_key, '[^/]+$') as name, min(package_key) as package_key from harmony group by name
),
counted as (
    select
        package_key,
        ecosystem,
        count(distinct enterprise_id) as enterprises,
        count(distinct repo_id) as repositories,
        min(repo_id) as repo_id
    from named
    group by package_key, ecosystem
),
place as (
    select component.repo_id, component.package_key, min({'path': component.path, 'line': component.line}) as place
    from core.component
    join counted on counted.repo_id = component.repo_id and counted.package_key = component.package_key
    where not component.in_test_data
    group by component.repo_id, component.package_key
)
select
    counted.package_key,
    counted.ecosystem,
    counted.enterprises,
    counted.repositories,
    case when counted.ecosystem = 'harmony' then counted.package_key else counterpart.package_key end as counterpart,
    counted.repo_id,
    place.place['path'] as path,
    place.place['line'] as line
from counted
left join counterpart
    on counterpart.name = regexp_replace(regexp_extract(counted.package_key, '[^/]+$'), '^react-native-', '')
left join place on place.repo_id = counted.repo_id and place.package_key = counted.package_key
