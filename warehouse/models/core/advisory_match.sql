/*
description: >-
  Which versions in use advisories say something about. A version that is not known, or has no place in its
  ecosystem's order, is `cannot_say`, never silently unaffected.
grain: one per package, release, version and group of advisories
key: [match_key, release, version, group_id]
columns:
  match_key: package, as in core.osv_package
  release: release of the distribution of the component, null where there are none or it is not known
  version: version of the component as written, null where it is not known
  group_id: group of advisories
  advisory_ids: records of the group that say so
  status: affected or cannot_say
  reason: why it cannot be said; null where affected
  confident: versions and bounds have the form for which the ecosystem defines an order
  fixed_versions: versions after this one that the records name as fixed, in the ecosystem's order
formula: >-
  affected = the version's key lies in an interval of a range (lower_key <= key < upper_key), or equals the key of
  a listed version, or the version is listed as written, or every version is affected
source: OSV schema, "Evaluation"
edge_cases:
  - A GIT range alone says nothing about versions, cannot_say.
  - >-
    Advisories of a distribution are bound to its releases; a component that does not say its release is
    cannot_say where it would be affected in one of them.
  - A listed version matches whatever is equal to it by the ecosystem's order, such as 1.0 and 1.0.0 on PyPI.
*/
with subject as (
    select distinct package.match_key, package.release, package.scheme, component.version
    from core.component
    join core.osv_package as package on package.purl = component.purl
    where package.match_key in (select match_key from core.advisory_entry)
),
keyed as (
    select subject.*, key.version_key, coalesce(key.confident, false) as confident
    from subject
    left join core.version_key as key on key.scheme = subject.scheme and key.version = subject.version
),
bound as (
    select entry.group_id, entry.release as entry_release, affected.*
    from raw.advisory_affected as affected
    join core.advisory_entry as entry using (source, advisory_id, affected_index)
    where affected.unmatched is null
),
in_range as (
    select
        keyed.match_key, keyed.release, keyed.version, keyed.version_key, bound.group_id, bound.source,
        bound.advisory_id, bound.affected_index, bound.entry_release,
        bound.lower_key = '' and bound.upper_key = '~' as is_every_version,
        keyed.confident as has_order,
        keyed.confident and bound.confident as confident
    from keyed
    join bound on bound.match_key = keyed.match_key
        and keyed.version_key >= bound.lower_key and keyed.version_key < bound.upper_key
    where bound.entry_release is null or keyed.release is null or keyed.release = bound.entry_release
),
listed as (
    select
        keyed.match_key, keyed.release, keyed.version, keyed.version_key, entry.group_id, entry.source,
        entry.advisory_id, entry.affected_index, entry.release as entry_release,
        keyed.version = listing.version as is_every_version,
        keyed.confident as has_order,
        keyed.version = listing.version or (keyed.confident and listing.confident) as confident
    from keyed
    join raw.advisory_version as listing
        on listing.match_key = keyed.match_key and listing.version_key = keyed.version_key
    join core.advisory_entry as entry using (source, advisory_id, affected_index)
    where entry.release is null or keyed.release is null or keyed.release = entry.release
),
hit as (
    select *, case
        when has_order is false and not is_every_version then 'the version has no place in its ecosystem''s order'
        when entry_release is not null and release is null then 'the release of the distribution is not known'
    end as reason
    from (from in_range union all from listed)
),
every_version as (
    select distinct source, advisory_id, affected_index from bound where lower_key = '' and upper_key = '~'
),
unsaid as (
    select
        keyed.match_key, keyed.release, keyed.version, keyed.version_key, entry.group_id, entry.source,
        entry.advisory_id, entry.affected_index, keyed.confident,
        case
            when every_version.source is not null then null
            when keyed.version is null then 'the version is not known'
            when not keyed.confident then 'the version has no place in its ecosystem''s order'
            else entry.unmatched
        end as reason
    from keyed
    join core.advisory_entry as entry on entry.match_key = keyed.match_key
        and (entry.release is null or keyed.release is null or keyed.release = entry.release)
    left join every_version using (source, advisory_id, affected_index)
    where not keyed.confident or entry.unmatched is not null
),
said as (
    select match_key, release, version, version_key, group_id, source, advisory_id, affected_index, confident, reason
    from hit
    union all
    select match_key, release, version, version_key, group_id, source, advisory_id, affected_index, confident, reason
    from unsaid
),
fix as (
    select source, advisory_id, affected_index, fixed, max(upper_key) as fixed_key
    from bound
    where fixed is not null
    group by all
),
fixes as (
    select match_key, release, version, group_id, list_sort(list({'key': fixed_key, 'version': fixed})) as fixes
    from (
        select
            said.match_key, said.release, said.version, said.group_id, fix.fixed, max(fix.fixed_key) as fixed_key
        from said
        join fix using (source, advisory_id, affected_index)
        where said.version_key is null or fix.fixed_key > said.version_key
        group by all
    )
    group by all
),
judged as (
    select
        match_key, release, version, group_id,
        list_sort(list(distinct advisory_id)) as advisory_ids,
        bool_or(reason is null) as is_affected,
        min(reason) as reason,
        coalesce(bool_or(confident) filter (where reason is null), false) as confident
    from said
    group by all
)
select
    judged.match_key,
    judged.release,
    judged.version,
    judged.group_id,
    judged.advisory_ids,
    case when judged.is_affected then 'affected' else 'cannot_say' end as status,
    case when not judged.is_affected then judged.reason end as reason,
    judged.confident,
    coalesce(list_transform(fixes.fixes, lambda fix: fix.version), []) as fixed_versions
from judged
left join fixes
    on fixes.match_key = judged.match_key
    and fixes.release is not distinct from judged.release
    and fixes.version is not distinct from judged.version
    and fixes.group_id = judged.group_id
