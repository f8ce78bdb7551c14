/*
description: >-
  How old, unsupported or dubious each component of a repository is: later versions, deprecation and yanking,
  end of life, unmaintained or malicious packages, silent upstreams, single maintainers, names close to a
  better-known one.
grain: one per repository, file and purl that is not the repository's own and not test data
key: [repo_id, path, purl]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  path: file that names the component
  line: first line that does, from 1; null where the format has none
  purl: package URL with version where one is known
  package_key: package, as in core.package_key
  version: version as written; null where it is not known
  newer_versions: >-
    versions after this one that are known to exist; null where the version or the ecosystem's order is not
    known
  newest_version: the last of these; null where none is later or nothing can be said
  lag_basis: >-
    registry (all versions that the registry lists) or workspace (those that happen to be known:
    newer_versions is a lower bound); null where newer_versions is
  published_on: day on which this version was published; null where no registry says so
  days_behind: >-
    days from then to the publication of the newest version, 0 where none is newer; null where either day is
    not known
  is_deprecated: >-
    the registry calls this version or its package deprecated, discontinued, abandoned or relocated; null
    where it does not tell
  deprecation: what it says of it; null if nothing
  is_yanked: >-
    the registry took this version back (yanked, retracted, unlisted, unpublished); null where it does not
    tell
  yanked_reason: why; null if it does not say
  maintainers: accounts that may release the package; null where not told
  has_single_maintainer: there is only one; null where not told
  registry_status: >-
    read, absent (the registry has none of this name) or failed; null where it was never asked
  registry_read_on: day of the registry's facts; null where there are none
  end_of_life_product: product of the end-of-life data; null where that does not name the package
  end_of_life_cycle: release cycle that the version belongs to; null likewise or where no cycle fits
  end_of_life_date: last day of support; null where unknown or not decided
  is_end_of_life: support has ended on the day the answers hold for; null where unknown
  is_unmaintained: an advisory says that nobody maintains it
  is_malicious: an advisory says that this version is malware
  upstream_repo_id: >-
    repository of the workspace that is the package's source, by the first rule of core.package_source that
    names one; null if there is none
  upstream_silent_days: days since that repository's last commit by a person; null likewise
  upstream_is_archived: >-
    its forge says that its owner made it read-only, or it is gone from there; null where no forge tells
  near_name: better-known name of the same ecosystem that it is close to; null = none
formula: >-
  Known versions are those that the registry lists, those of the whole workspace, those that advisories list
  or name as fixed, and the latest of each release cycle; pre-releases and yanked versions do not count. Near
  names by Damerau–Levenshtein distance 1 or by separators only.
source: >-
  Technical lag in versions and in time as in Gonzalez-Barahona et al. 2017 (doi
  10.1007/978-3-319-57735-7_17); cycles of endoflife.date; popular_names.yaml
edge_cases:
  - Without registry facts the lag is a lower bound, and days behind, deprecation and yanking cannot be seen.
  - >-
    A later release of an older branch counts no days: they end with the publication of the highest version,
    and are 0 where that came first.
  - Registries that proxies stand before may leave facts out, which then look as if there were none.
  - A name is a look-alike only if one repository alone uses it and it is not well known itself. Well known is
    what five repositories use, a verified rule of the taxonomy names, or popular_names.yaml lists.
  - A near name is a hint to look, not a finding about the package.
incremental:
  rows: [core.component]
  lookups:
    core.advisory_match.purl: [core.component.purl]
    core.near_name.package_key: [core.component.package_key]
    core.package_fact.package_key: [core.component.package_key]
    core.package_upstream.package_key: [core.component.package_key]
    core.purl_lag.purl: [core.component.purl]
*/
with component as (
    select
        repo_id,
        path,
        purl,
        any_value(enterprise_id) as enterprise_id,
        min(line) as line,
        any_value(package_key) as package_key,
        any_value(version) as version
    from core.component
    where not is_own and not in_test_data
    group by repo_id, path, purl
),
cycle as (
    select
        lower(regexp_replace(purl, '[@?#].*$', '')) as package,
        product,
        cycle,
        eol_date,
        coalesce(eol_date < as_of.day, is_eol) as is_ended
    from (select product, cycle, eol_date, is_eol, unnest(purls) as purl from raw.end_of_life)
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
),
supported as (
    select component.purl, cycle.product, cycle.cycle, cycle.eol_date, cycle.is_ended
    from (
        select distinct purl, regexp_replace(version, '^[vV]', '') as version from component
    ) as component
    join cycle
        on cycle.package = lower(regexp_replace(component.purl, '[@?#].*$', ''))
        and (
            component.version = cycle.cycle
            or starts_with(component.version, cycle.cycle || '.')
            or starts_with(component.version, cycle.cycle || '-')
        )
    qualify row_number() over (
        partition by component.purl order by length(cycle.cycle) desc, cycle.product
    ) = 1
),
named as (
    select lower(regexp_replace(purl, '[@?#].*$', '')) as package, min(product) as product
    from (select product, unnest(purls) as purl from raw.end_of_life)
    group by package
),
notice as (
    select
        found.purl,
        bool_or(fact.informational = 'unmaintained') as is_unmaintained,
        bool_or(fact.malicious) as is_malicious
    from core.advisory_match as found
    join core.advisory_group_fact as fact on fact.group_id = found.group_id
    where found.status = 'affected'
    group by found.purl
)
select
    component.repo_id,
    component.enterprise_id,
    component.path,
    component.line,
    component.purl,
    component.package_key,
    component.version,
    lag.newer_versions,
    lag.newest_version,
    case
        when lag.newer_versions is null then null
        when fact.registry_status = 'read' then 'registry'
        else 'workspace'
    end as lag_basis,
    lag.published_on,
    lag.days_behind,
    case
        when lag.is_deprecated or fact.is_deprecated then true
        when coalesce(lag.is_deprecated, fact.is_deprecated) is not null then false
    end as is_deprecated,
    coalesce(nullif(lag.deprecation, ''), fact.deprecation) as deprecation,
    lag.is_yanked,
    lag.yanked_reason,
    fact.maintainers,
    fact.maintainers = 1 as has_single_maintainer,
    fact.registry_status,
    fact.read_on as registry_read_on,
    coalesce(supported.product, named.product) as end_of_life_product,
    supported.cycle as end_of_life_cycle,
    supported.eol_date as end_of_life_date,
    supported.is_ended as is_end_of_life,
    coalesce(notice.is_unmaintained, false) as is_unmaintained,
    coalesce(notice.is_malicious, false) as is_malicious,
    upstream.repo_id as upstream_repo_id,
    upstream.days_since_commit as upstream_silent_days,
    upstream.is_archived as upstream_is_archived,
    near.near_name
from component
left join core.purl_lag as lag on lag.purl = component.purl and lag.version = component.version
left join supported on supported.purl = component.purl
left join named on named.package = lower(regexp_replace(component.purl, '[@?#].*$', ''))
left join notice on notice.purl = component.purl
left join core.package_upstream as upstream on upstream.package_key = component.package_key
left join core.package_fact as fact on fact.package_key = component.package_key
left join core.near_name as near on near.package_key = component.package_key
