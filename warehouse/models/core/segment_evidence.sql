/*
description: >-
  Everything that shows demand, supply or talent of an industry segment, row by row. Every measure of a segment is
  a query over this table.
grain: one per segment, side, enterprise, person, repository, object, rule and file
columns:
  segment_id: segment
  side: >-
    demand (somebody needs it), supply (somebody here could provide it) or talent (somebody here works on it)
  enterprise_id: who needs or could provide it, or employs the person
  person_id: talent, the person's pseudonym; null for demand and supply
  repo_id: repository in which it shows
  object_kind: >-
    package, algorithm (that the code uses), topic, keyword, or upstream (commits to the source of somebody else's
    package)
  object: package key, algorithm, or the term found
  rule_id: rule of the taxonomy; for a term, the segment, the kind and the term
  weight: >-
    demand, the rule's weight, halved where only transitive; supply, the strength 1.0, 0.7, 0.5 or 0.25;
    talent, 1
  maintenance: >-
    supply, 1 if kept alive within 180 days, 0.5 within 365, else 0; null for others or where unknown
  directness: demand, direct, transitive or unknown; null for others
  is_development: demand, for development only, which measures keep apart; null for others
  is_verified: the rule is verified; false = a hint only
  not_counted: >-
    why no measure counts the row, test data, example, bundled, fork or mirror, unverified rule, generic rule, private
    package, fewer than five commits or employer unknown; null = counted
  head_sha: commit that was read; null for a plain folder
  path: file in which it shows; for what a forge tells, the address of the repository's page there
  line: line in the file, from 1; null where the format has none
  as_of: day when the repository was read
formula: core.demand_evidence, core.algorithm_evidence, core.supply_evidence and core.talent_evidence
edge_cases:
  - Use of a language is no evidence.
*/
with evidence as (
    select
        segment_id,
        'demand' as side,
        enterprise_id,
        cast(null as varchar) as person_id,
        repo_id,
        'package' as object_kind,
        package_key as object,
        rule_id,
        weight,
        cast(null as double) as maintenance,
        directness,
        is_development,
        is_verified,
        not_counted,
        path,
        line
    from core.demand_evidence
    union all
    select
        segment_id,
        'demand',
        enterprise_id,
        cast(null as varchar),
        repo_id,
        'algorithm',
        algorithm,
        rule_id,
        weight,
        cast(null as double),
        'direct',
        false,
        true,
        not_counted,
        path,
        line
    from core.algorithm_evidence
    union all
    select
        segment_id,
        'supply',
        enterprise_id,
        cast(null as varchar),
        repo_id,
        object_kind,
        object,
        rule_id,
        strength,
        maintenance,
        cast(null as varchar),
        cast(null as boolean),
        is_verified,
        not_counted,
        path,
        line
    from core.supply_evidence
    union all
    select
        segment_id,
        'talent',
        enterprise_id,
        person_id,
        repo_id,
        object_kind,
        object,
        rule_id,
        1.0,
        cast(null as double),
        cast(null as varchar),
        cast(null as boolean),
        true,
        not_counted,
        path,
        line
    from core.talent_evidence
)
select
    segment_id,
    side,
    evidence.enterprise_id,
    person_id,
    evidence.repo_id,
    object_kind,
    object,
    rule_id,
    weight,
    maintenance,
    directness,
    is_development,
    is_verified,
    not_counted,
    repository.head_sha,
    path,
    line,
    repository.observed_on as as_of
from evidence
join core.repository on repository.repo_id = evidence.repo_id
