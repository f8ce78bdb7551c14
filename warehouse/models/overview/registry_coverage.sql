/*
description: >-
  Of how many packages in use a registry was asked, and what it said: on what share of the packages answers
  about releases, deprecation, yanking and maintainers rest.
grain: one per purl type of the packages in use
key: [type]
columns:
  type: purl type
  packages: packages that repositories use
  asked: of these, those that a registry was asked for
  read: of these, those whose facts were read
  absent: those that the registry does not have
  failed: those that could not be read
  not_asked: packages − asked
  read_share: read / packages
  with_licence: of the read ones, those whose licence is stated
  with_source: of the read ones, those whose source repository is stated
  with_maintainers: of the read ones, those whose maintainers are counted
  oldest_read_on: day of the oldest facts; null if none were read
  newest_read_on: day of the newest facts; null likewise
formula: counts over core.repository_package and core.package_fact
source: what `chainatlas registries update` brought
edge_cases:
  - Types without a registry module are listed with nothing asked.
  - Private packages and those of [registries] skip are never asked for and count as not asked.
*/
select
    key.type,
    count(*) as packages,
    count(fact.package_key) as asked,
    count(*) filter (where fact.registry_status = 'read') as read,
    count(*) filter (where fact.registry_status = 'absent') as absent,
    count(*) filter (where fact.registry_status = 'failed') as failed,
    count(*) - count(fact.package_key) as not_asked,
    count(*) filter (where fact.registry_status = 'read') / count(*) as read_share,
    count(*) filter (where fact.registry_status = 'read' and fact.licence is not null) as with_licence,
    count(*) filter (where fact.registry_status = 'read' and fact.repository_url is not null) as with_source,
    count(*) filter (where fact.registry_status = 'read' and fact.maintainers is not null) as with_maintainers,
    min(fact.read_on) as oldest_read_on,
    max(fact.read_on) as newest_read_on
from (select distinct package_key from core.repository_package) as used
join (select distinct package_key, type from core.package_key) as key using (package_key)
left join core.package_fact as fact using (package_key)
group by key.type
