/*
description: >-
  What records in force say about one package. Of several records with the same id about the same package the one
  that was changed last is in force.
grain: one per entry of `affected` of a record in force
key: [source, advisory_id, affected_index]
columns:
  source: file that the record stands in
  advisory_id: id of the record
  affected_index: place in the record's `affected`, from 0
  group_id: group of ids that name the same vulnerability, as in core.advisory_group
  ecosystem: ecosystem as written
  name: name of the package as written
  match_key: ecosystem and folded name; null where the entry names no package that we know how to match
  release: release of the distribution, null where there are none
  unmatched: why nothing of the entry can be matched with versions, null if something can
  informational: "no vulnerability but a notice: unmaintained, unsound, notice; null for vulnerabilities"
edge_cases:
  - Withdrawn records are left out.
*/
with record as (
    select
        package.*,
        advisory.withdrawn,
        advisory.modified < max(advisory.modified) over (
            partition by package.advisory_id, package.match_key
        ) as is_superseded
    from raw.advisory_package as package
    join raw.advisory
        on advisory.source = package.source and advisory.advisory_id = package.advisory_id
)
select
    record.source,
    record.advisory_id,
    record.affected_index,
    grouped.group_id,
    record.ecosystem,
    record.name,
    record.match_key,
    record.release,
    record.unmatched,
    record.informational
from record
join core.advisory_group as grouped on grouped.id = record.advisory_id
where record.withdrawn is null and not record.is_superseded
