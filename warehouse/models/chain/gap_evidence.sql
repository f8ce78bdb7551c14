/*
description: >-
  The rows on which the measures of a gap rest: repository, commit, file and line, or the line of the taxonomy
  for what is curated.
grain: one per segment, term of the score and row of evidence
columns:
  segment_id: segment
  terms: >-
    terms that rest on the row: demand and upstream, supply, substitution, adaptation, resilience, talent
  enterprise_id: enterprise that it speaks of; null for an upstream or a listed alternative
  person_id: talent, the person's pseudonym; null for others
  repo_id: repository in which it shows; null for what only the taxonomy lists
  head_sha: commit that was read; null for a plain folder
  path: file in which it shows; for what a forge tells, the address of the repository's page there
  line: line in the file, from 1; null where the format has none
  object: >-
    package key, algorithm, term, name of the alternative, platform, vulnerable component with its vulnerability, or
    component of which none is known
  owner: upstream owner of the package; null where there is none
  alternative: alternative that the row shows or lists; null for others
  rule_id: rule of the taxonomy; null where none is needed
  rule_source: >-
    taxonomy file:line of the rule or the alternative, or advisories; null for a term of the segment
  weight: >-
    demand, weight of the evidence; supply, strength × maintenance; substitution, 1 listed or weight of use;
    adaptation, 1 an alternative is adapted, 0 none is, null not known; resilience of the package; talent, commits in 12 months
formula: >-
  core.segment_evidence that counts, core.alternative, mart.alternative_use, mart.platform_need,
  mart.alternative_platform, mart.segment_component
source: every number of a verdict opens its rows
edge_cases:
  - A measure of 0 rests on the repositories that were searched (mart.coverage) and has no rows here.
  - Only what the region's enterprises do counts; watched communities show as sources of packages.
*/
with local as (
    select enterprise_id from core.enterprise where kind = 'enterprise'
)
select
    evidence.segment_id,
    case
        when evidence.side = 'demand' and evidence.object_kind = 'package' then ['demand', 'upstream']
        else [evidence.side]
    end as terms,
    evidence.enterprise_id,
    evidence.person_id,
    evidence.repo_id,
    evidence.head_sha,
    evidence.path,
    evidence.line,
    evidence.object,
    case when evidence.side = 'demand' then owner.owner end as owner,
    cast(null as varchar) as alternative,
    evidence.rule_id,
    coalesce(owner.source, algorithm.source) as rule_source,
    case evidence.side
        when 'supply' then evidence.weight * evidence.maintenance
        when 'talent' then talent.commits
        else evidence.weight
    end as weight
from core.segment_evidence as evidence
join local on local.enterprise_id = evidence.enterprise_id
left join core.rule_owner as owner on owner.rule_id = evidence.rule_id
left join raw.algorithm_rule as algorithm on algorithm.rule_id = evidence.rule_id
left join core.talent_evidence as talent
    on evidence.side = 'talent'
    and talent.segment_id = evidence.segment_id
    and talent.person_id = evidence.person_id
    and talent.repo_id = evidence.repo_id
where evidence.not_counted is null and not coalesce(evidence.is_development, false)
union all
select
    used.segment_id,
    ['substitution'],
    used.enterprise_id,
    null,
    used.repo_id,
    repository.head_sha,
    used.path,
    used.line,
    used.package_key,
    owner.owner,
    used.alternative,
    used.rule_id,
    owner.source,
    used.weight
from mart.alternative_use as used
join core.repository on repository.repo_id = used.repo_id
left join core.rule_owner as owner on owner.rule_id = used.rule_id
union all
select
    segment_id,
    ['substitution'],
    null,
    null,
    null,
    null,
    null,
    null,
    name,
    null,
    name,
    null,
    source,
    1
from core.alternative
union all
select
    segment_id,
    ['adaptation'],
    enterprise_id,
    null,
    repo_id,
    head_sha,
    path,
    line,
    platform,
    null,
    null,
    null,
    null,
    cast(is_adapted as integer)
from mart.platform_need
union all
select
    shown.segment_id,
    ['adaptation'],
    null,
    null,
    shown.repo_id,
    shown.head_sha,
    shown.path,
    shown.line,
    shown.platform,
    null,
    shown.alternative,
    null,
    null,
    1
from mart.alternative_platform as shown
join (select distinct segment_id, kind from mart.platform_need) as need
    on need.segment_id = shown.segment_id and need.kind = shown.kind
union all
select
    component.segment_id,
    ['resilience'],
    null,
    null,
    component.source_repo_id,
    declared.head_sha,
    declared.path,
    declared.line,
    component.package_key,
    null,
    null,
    null,
    null,
    component.resilience
from mart.segment_component as component
join (
    select repo_id, package_key, head_sha, path, line
    from core.declared_package
    where not in_test_data
    qualify row_number() over (partition by repo_id, package_key order by path, line, head_sha) = 1
) as declared on declared.repo_id = component.source_repo_id and declared.package_key = component.package_key
where component.resilience is not null
union all
select
    component.segment_id,
    ['resilience'],
    exposure.enterprise_id,
    null,
    exposure.repo_id,
    exposure.head_sha,
    exposure.path,
    exposure.line,
    exposure.purl || ' ' || exposure.group_id,
    null,
    null,
    null,
    array_to_string(exposure.advisory_ids, ' '),
    component.vulnerability
from mart.segment_component as component
join mart.vulnerability_exposure as exposure on exposure.package_key = component.package_key
join local on local.enterprise_id = exposure.enterprise_id
where component.vulnerability < 1
    and exposure.status = 'affected'
    and exposure.informational is null
    and not exposure.in_test_data
    and not exposure.is_own
    and coalesce(exposure.scope, '') <> 'excluded'
union all
select distinct
    component.segment_id,
    ['resilience'],
    used.enterprise_id,
    null,
    used.repo_id,
    used.head_sha,
    used.path,
    used.line,
    used.purl,
    null,
    null,
    null,
    null,
    component.vulnerability
from mart.segment_component as component
join core.component as used on used.package_key = component.package_key
join local on local.enterprise_id = used.enterprise_id
where component.vulnerability = 1
    and used.version is not null
    and not used.in_test_data
    and not used.is_own
    and coalesce(used.scope, '') <> 'excluded'
