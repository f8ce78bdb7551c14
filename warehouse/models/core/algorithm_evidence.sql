/*
description: >-
  Cryptographic algorithms and protocols that a repository's code or settings use and that a rule of the taxonomy
  claims for a segment: need of it that no package shows.
grain: one per repository and rule
key: [repo_id, rule_id]
columns:
  segment_id: segment
  enterprise_id: owner of the repository
  repo_id: repository
  algorithm: algorithm or protocol, as the rule names it
  rule_id: rule of the taxonomy
  weight: the rule's weight
  uses: places of the repository that use it
  not_counted: why no measure counts the row, generic rule; null = counted
  path: file of the first place
  line: line in the file, from 1
formula: >-
  A rule claims what has its name as family, algorithm or protocol, in any letter case; tests, examples, vendored
  sources, certificates and keys, and what was resolved with low confidence show nothing.
source: core.crypto_use; algorithms of the segments
edge_cases:
  - A generic rule (weight 0.25) counts only where the same repository matches a keyword or topic of the segment.
  - A repository that is itself the source of a package of the segment implements the algorithm, which is no need.
incremental:
  rows: [core.crypto_use, core.declared_package, core.repository_term]
  lookups:
    core.package_rule.package_key: [core.declared_package.package_key]
*/
with bound as (
    select max(value) filter (where name = 'evidence.generic') as generic from raw.scoring
),
named as (
    select repo_id, enterprise_id, path, line, lower(unnest([family, algorithm, protocol])) as name
    from core.crypto_use
    where is_counted and origin in ('code', 'configuration') and confidence <> 'low'
),
used as (
    select
        named.repo_id,
        rule.rule_id,
        any_value(named.enterprise_id) as enterprise_id,
        any_value(rule.segment_id) as segment_id,
        any_value(rule.algorithm) as algorithm,
        any_value(rule.weight) as weight,
        count(distinct (named.path, named.line)) as uses,
        min({'path': named.path, 'line': named.line}) as place
    from named
    join raw.algorithm_rule as rule on lower(rule.algorithm) = named.name
    group by named.repo_id, rule.rule_id
),
own as (
    select distinct declared.repo_id, claim.segment_id
    from core.declared_package as declared
    join core.package_rule as claim on claim.package_key = declared.package_key
    where not declared.in_test_data and not declared.is_example and not declared.is_bundled
),
matched as (
    select distinct repo_id, segment_id from core.repository_term
)
select
    used.segment_id,
    used.enterprise_id,
    used.repo_id,
    used.algorithm,
    used.rule_id,
    used.weight,
    used.uses,
    case when used.weight <= bound.generic and matched.repo_id is null then 'generic rule' end as not_counted,
    used.place['path'] as path,
    used.place['line'] as line
from used
left join own on own.repo_id = used.repo_id and own.segment_id = used.segment_id
left join matched on matched.repo_id = used.repo_id and matched.segment_id = used.segment_id
cross join bound
where own.repo_id is null
