/*
description: Packages that a repository uses and that a rule of the taxonomy claims for a segment.
grain: one per repository, package that it uses and rule that claims it
key: [repo_id, package_key, rule_id]
columns:
  segment_id: segment
  enterprise_id: owner of the repository
  repo_id: repository
  package_key: package, as in core.package_key
  rule_id: rule of the taxonomy
  weight: the rule's weight, halved where the repository uses the package only through others
  directness: direct, transitive or unknown
  is_development: every file that names the package does so for development only, or lies beside the product, as in core.source_file
  is_verified: the rule is verified; false = a hint only
  not_counted: why no measure counts the row, unverified rule or generic rule; null = counted
  path: file that names the package; a file that asks for it directly comes first
  line: line in the file, from 1; null where the format has none
formula: weight = weight of the rule × (½ if transitive only), with the numbers of scoring.yaml
edge_cases:
  - A generic rule (weight 0.25) counts only where the same repository matches a keyword or topic of the
    segment.
  - Where a format does not tell whether a package is direct, its weight is not halved.
  - A place in the product comes before one beside it.
  - What the repository itself is the source of, or only test data names, is no demand and has no row.
incremental:
  rows: [core.component, core.repository_package, core.repository_term, core.source_file]
  lookups:
    core.package_rule.package_key: [core.repository_package.package_key]
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.transitive') as transitive,
        max(value) filter (where name = 'evidence.generic') as generic
    from raw.scoring
),
claimed as (
    select distinct package_key from core.package_rule
),
place as (
    select
        repo_id,
        package_key,
        min({
            'rank': case when direct then 0 when direct is null then 1 else 2 end
                + case when file.beside_product then 3 else 0 end,
            'path': path,
            'line': line
        }) as place,
        bool_and(file.beside_product) as beside_product
    from core.component
    join claimed using (package_key)
    join core.source_file as file using (repo_id, path)
    where not component.in_test_data
    group by repo_id, package_key
),
matched as (
    select distinct repo_id, segment_id from core.repository_term
)
select
    rule.segment_id,
    used.enterprise_id,
    used.repo_id,
    used.package_key,
    rule.rule_id,
    case when used.directness = 'transitive' then rule.weight * bound.transitive else rule.weight end as weight,
    used.directness,
    used.is_development or place.beside_product as is_development,
    rule.verified as is_verified,
    case
        when not rule.verified then 'unverified rule'
        when rule.weight <= bound.generic and matched.repo_id is null then 'generic rule'
    end as not_counted,
    place.place['path'] as path,
    place.place['line'] as line
from core.repository_package as used
join core.package_rule as rule on rule.package_key = used.package_key
join place on place.repo_id = used.repo_id and place.package_key = used.package_key
left join matched on matched.repo_id = used.repo_id and matched.segment_id = rule.segment_id
cross join bound
