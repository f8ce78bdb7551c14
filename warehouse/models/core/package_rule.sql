/*
description: Which evidence rules of the taxonomy claim a package.
grain: one per package and rule that claims it
key: [package_key, rule_id]
columns:
  package_key: package, as in core.package_key
  rule_id: rule
  segment_id: segment of the rule
  weight: 1 direct, 0.5 supporting, 0.25 generic
  verified: false = a hint only
  match: exact, or module prefix for a Go module below the rule's module
formula: >-
  Equal keys; a Go module is also claimed by the rule whose module is the longest prefix of its path, and
  then by that rule alone.
source: heads of the chain files in taxonomy/
*/
with rule as (
    select package_key, type, rule_id, segment_id, weight, verified
    from raw.evidence_rule
    join core.package_key using (purl)
),
package as (
    select distinct package_key, type from core.package_key
),
claim as (
    select package.package_key, rule.package_key as rule_key, rule_id, segment_id, weight, verified
    from package
    join rule on rule.package_key = package.package_key
    union all
    select package.package_key, rule.package_key, rule_id, segment_id, weight, verified
    from package
    join rule on rule.type = 'golang' and starts_with(package.package_key, rule.package_key || '/')
    where package.type = 'golang'
)
select
    package_key,
    rule_id,
    segment_id,
    weight,
    verified,
    case when rule_key = package_key then 'exact' else 'module prefix' end as match
from claim
qualify rank() over (partition by package_key order by length(rule_key) desc) = 1
