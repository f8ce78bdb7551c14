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
  match: >-
    exact, module prefix for a Go module below the rule's module, or name prefix for a rule that ends in *
formula: >-
  Equal keys; a Go module is also claimed by a rule whose module is a prefix of its path, any package by a
  rule that ends in * and whose beginning it shares. Of several, the longest rule claims it, an exact one
  before all, and rules of equal length together.
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
    union all
    select package.package_key, rule.package_key, rule_id, segment_id, weight, verified
    from package
    join rule on rule.type = package.type and starts_with(package.package_key, rtrim(rule.package_key, '*'))
    where ends_with(rule.package_key, '*') and rule.package_key <> package.package_key
)
select
    package_key,
    rule_id,
    segment_id,
    weight,
    verified,
    case
        when rule_key = package_key then 'exact'
        when ends_with(rule_key, '*') then 'name prefix'
        else 'module prefix'
    end as match
from claim
qualify rank() over (partition by package_key order by rule_key = package_key desc, length(rule_key) desc) = 1
