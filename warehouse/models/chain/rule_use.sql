/*
description: How much each evidence rule of the taxonomy meets in this workspace.
grain: one per evidence rule
key: [rule_id]
columns:
  rule_id: rule
  segment_id: segment
  purl: purl of the rule
  verified: false = a hint only, shown and never counted
  packages: packages in the workspace that it claims
  repositories_using: repositories that use one of these, development included
  repositories_declaring: repositories that are the source of one of these
  never_matches: it claims nothing here
  source: taxonomy file:line
formula: core.package_rule joined with what repositories use and declare
source: check of the taxonomy against a workspace
edge_cases:
  - A rule that claims nothing here may well be right elsewhere.
*/
with used as (
    select claim.rule_id, count(distinct used.package_key) as packages, count(distinct used.repo_id) as repositories
    from core.package_rule as claim
    join core.repository_package as used on used.package_key = claim.package_key
    group by claim.rule_id
),
declared as (
    select claim.rule_id, count(distinct declared.repo_id) as repositories
    from core.package_rule as claim
    join core.declared_package as declared on declared.package_key = claim.package_key
    where not declared.in_test_data
    group by claim.rule_id
)
select
    rule.rule_id,
    rule.segment_id,
    rule.purl,
    rule.verified,
    coalesce(used.packages, 0) as packages,
    coalesce(used.repositories, 0) as repositories_using,
    coalesce(declared.repositories, 0) as repositories_declaring,
    used.rule_id is null and declared.rule_id is null as never_matches,
    rule.source
from raw.evidence_rule as rule
left join used on used.rule_id = rule.rule_id
left join declared on declared.rule_id = rule.rule_id
