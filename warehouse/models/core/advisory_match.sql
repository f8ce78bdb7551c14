/*
description: >-
  Which components in use advisories say something about. A version that is not known, or has no place in its
  ecosystem's order, is `cannot_say`, never silently unaffected.
grain: one per purl and group of advisories
key: [purl, group_id]
columns:
  purl: component, as in core.osv_package
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
    select
        package.purl,
        package.match_key,
        package.release,
        package.version,
        key.version_key,
        coalesce(key.confident, false) as confident
    from core.osv_package as package
    left join core.version_key as key on key.scheme = package.scheme and key.version = package.version
    where package.match_key in (select match_key from core.advisory_entry)
),
bound as (
    select entry.group_id, affected.*
    from raw.advisory_affected as affected
    join core.advisory_entry as entry using (source, advisory_id, affected_index)
    where affected.unmatched is null
),
listing as (
    select entry.group_id, listed.*
    from raw.advisory_version as listed
    join core.advisory_entry as entry using (source, advisory_id, affected_index)
),
every_version as (
    select distinct source, advisory_id, affected_index from bound where lower_key = '' and upper_key = '~'
),
hit as (
    select
        subject.purl, subject.version_key, bound.group_id, bound.source, bound.advisory_id, bound.affected_index,
        subject.confident and bound.confident as confident,
        case
            when bound.release is not null and subject.release is null
                then 'the release of the distribution is not known'
        end as reason
    from subject
    join bound on bound.match_key = subject.match_key
        and subject.version_key >= bound.lower_key and subject.version_key < bound.upper_key
    where subject.confident
        and (bound.release is null or subject.release is null or subject.release = bound.release)
    union all
    select
        subject.purl, subject.version_key, listing.group_id, listing.source, listing.advisory_id,
        listing.affected_index,
        true,
        case
            when listing.release is not null and subject.release is null
                then 'the release of the distribution is not known'
        end
    from subject
    join listing on listing.match_key = subject.match_key and listing.version_key = subject.version_key
    where (subject.version = listing.version or (subject.confident and listing.confident))
        and (listing.release is null or subject.release is null or subject.release = listing.release)
    union all
    select
        subject.purl, subject.version_key, entry.group_id, entry.source, entry.advisory_id, entry.affected_index,
        subject.confident,
        case
            when every_version.source is not null then null
            when subject.version is null then 'the version is not known'
            when not subject.confident then 'the version has no place in its ecosystem''s order'
            else entry.unmatched
        end
    from subject
    join core.advisory_entry as entry on entry.match_key = subject.match_key
    left join every_version using (source, advisory_id, affected_index)
    where (not subject.confident or entry.unmatched is not null)
        and (entry.release is null or subject.release is null or subject.release = entry.release)
),
fix as (
    select source, advisory_id, affected_index, fixed, max(upper_key) as fixed_key
    from bound
    where fixed is not null
    group by all
),
fixed as (
    select purl, group_id, list_sort(list({'key': fixed_key, 'version': fixed})) as fixes
    from (
        select hit.purl, hit.group_id, fix.fixed, max(fix.fixed_key) as fixed_key
        from hit
        join fix using (source, advisory_id, affected_index)
        where hit.version_key is null or fix.fixed_key > hit.version_key
        group by all
    )
    group by all
),
judged as (
    select
        purl,
        group_id,
        list_sort(list(distinct advisory_id)) as advisory_ids,
        bool_or(reason is null) as is_affected,
        min(reason) as reason,
        coalesce(bool_or(confident) filter (where reason is null), false) as confident
    from hit
    group by all
)
select
    judged.purl,
    judged.group_id,
    judged.advisory_ids,
    case when judged.is_affected then 'affected' else 'cannot_say' end as status,
    case when not judged.is_affected then judged.reason end as reason,
    judged.confident,
    coalesce(list_transform(fixed.fixes, lambda fix: fix.version), []) as fixed_versions
from judged
left join fixed using (purl, group_id)
