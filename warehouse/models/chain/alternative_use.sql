/*
description: Who in the region uses an alternative that the taxonomy lists for a segment, and where it shows.
grain: one per enterprise, segment, alternative, repository and package
key: [enterprise_id, segment_id, alternative, repo_id, package_key, rule_id]
columns:
  enterprise_id: enterprise that uses it
  segment_id: segment
  alternative: name of the alternative
  repo_id: repository in which it shows
  package_key: package of the alternative
  rule_id: rule of the taxonomy
  weight: weight of the evidence
  match: package, repository or organisation, as in core.alternative_rule
  path: file that names the package
  line: line in the file, from 1; null where the format has none
formula: demand evidence that counts, by the rules of core.alternative_rule
source: alternatives of the taxonomy
edge_cases:
  - Development-only use is no adoption.
*/
select
    used.enterprise_id,
    used.segment_id,
    rule.alternative,
    used.repo_id,
    used.package_key,
    used.rule_id,
    used.weight,
    rule.match,
    used.path,
    used.line
from core.demand_evidence as used
join core.alternative_rule as rule on rule.rule_id = used.rule_id and rule.segment_id = used.segment_id
join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
where used.not_counted is null and not used.is_development
