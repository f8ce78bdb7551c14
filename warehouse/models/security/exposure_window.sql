/*
description: >-
  When each vulnerability came into a repository and went out, as far as its scanned snapshots tell: one commit a
  month or its release tags, and HEAD. Judged by the advisories as they are now.
grain: one per repository, package, vulnerability and run of consecutive snapshots that have it
key: [repo_id, package_key, group_id, entered_commit]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  package_key: package, as in core.package_key
  group_id: vulnerability, as in core.advisory_group
  severity: none, low, medium, high or critical; null if nobody rated it
  versions: affected versions that were in use, in text order; empty where none is known and all are affected
  paths: files that named them, in text order
  entered_snapshot: first snapshot that has it; it may have come in any time after the one before
  entered_commit: its commit
  entered_day: its day
  began_earlier: the first snapshot of all has it already, so that nobody knows since when
  left_snapshot: first snapshot without it; null where it is still in
  left_commit: its commit; null likewise
  left_day: its day; null likewise
  last_snapshot: last snapshot that has it
  last_day: its day
  published: day the vulnerability was first published
  days: days from entered_day to left_day, or to the last snapshot where it is still in
  days_known: the same from its publication where that is later; null where it was published after it left, or no day is known
formula: >-
  Snapshots of a repository in the order of their days; a window is a run of snapshots in which some file names an
  affected version of the package. A vulnerability that went and came again has two windows.
source: OSV schema, "Evaluation"
edge_cases:
  - Without snapshots, which the workspace asks for in [snapshots], there are no rows; that is not the same as no exposure.
  - began_earlier makes days a lower bound.
  - Between two snapshots anything may have come and gone unseen.
  - Test data, the repository's own packages and notices that are no vulnerability have no windows.
  - A day is that of the commit, as its committer's clock told it.
incremental:
  rows: [core.declared_package, core.repository, core.source_file, raw.snapshot, raw.snapshot_component]
  lookups:
    core.advisory_match.purl: [raw.snapshot_component.purl]
    core.package_key.purl: [raw.snapshot_component.purl]
*/
with own as (
    select distinct repo_id, package_key from core.declared_package where not in_test_data
),
present as (
    select
        component.repo_id,
        key.package_key,
        found.group_id,
        component.version,
        component.path,
        unnest(range(component.first_position, component.last_position + 1)) as position
    from raw.snapshot_component as component
    join core.advisory_match as found on found.purl = component.purl
    join core.advisory_group_fact as fact on fact.group_id = found.group_id
    join core.package_key as key on key.purl = component.purl
    join core.source_file as file on file.repo_id = component.repo_id and file.path = component.path
    left join own on own.repo_id = component.repo_id and own.package_key = key.package_key
    where found.status = 'affected'
        and fact.informational is null
        and not file.in_test_data
        and own.repo_id is null
),
numbered as (
    select
        repo_id,
        package_key,
        group_id,
        version,
        path,
        position,
        position - dense_rank() over (partition by repo_id, package_key, group_id order by position) as island
    from present
),
run as (
    select
        repo_id,
        package_key,
        group_id,
        coalesce(list_sort(list(distinct version) filter (where version is not null)), []) as versions,
        list_sort(list(distinct path)) as paths,
        min(position) as first_position,
        max(position) as last_position
    from numbered
    group by repo_id, package_key, group_id, island
),
newest as (
    select repo_id, max(position) as position from raw.snapshot where position is not null group by repo_id
)
select
    run.repo_id,
    repository.enterprise_id,
    run.package_key,
    run.group_id,
    fact.severity,
    run.versions,
    run.paths,
    entered.label as entered_snapshot,
    entered.commit_sha as entered_commit,
    entered.day as entered_day,
    run.first_position = 0 as began_earlier,
    away.label as left_snapshot,
    away.commit_sha as left_commit,
    away.day as left_day,
    final.label as last_snapshot,
    final.day as last_day,
    fact.published,
    date_diff('day', entered.day, coalesce(away.day, ending.day)) as days,
    case
        when fact.published <= coalesce(away.day, ending.day)
            then date_diff('day', greatest(entered.day, fact.published), coalesce(away.day, ending.day))
    end as days_known
from run
join core.repository as repository on repository.repo_id = run.repo_id
join core.advisory_group_fact as fact on fact.group_id = run.group_id
join newest on newest.repo_id = run.repo_id
join raw.snapshot as entered on entered.repo_id = run.repo_id and entered.position = run.first_position
join raw.snapshot as final on final.repo_id = run.repo_id and final.position = run.last_position
join raw.snapshot as ending on ending.repo_id = run.repo_id and ending.position = newest.position
left join raw.snapshot as away on away.repo_id = run.repo_id and away.position = run.last_position + 1
