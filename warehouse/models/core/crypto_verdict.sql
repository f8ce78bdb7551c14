/*
description: >-
  How a kind of use of cryptography stands under the rules of the policies. Every verdict that is shown rests
  on the rows of this table.
grain: one per kind of use and rule that is about it
key: [kind_id, policy, rule]
columns:
  kind_id: kind of use, as in core.crypto_use
  policy: policy
  rule: rule of the policy
  verdict: weak, deprecated, quantum-vulnerable, post-quantum, national, international, not-approved, misuse
  deprecated_after: last day before the deprecation; null if no day is set
  disallowed_after: last day on which it is allowed; null if no day is set
  source: standard or publication that says so
formula: rules of raw.crypto_rule that core.crypto_match finds to be about the use
source: sbom/crypto/policies, each rule with the source that it cites
*/
select
    match.kind_id,
    rule.policy,
    rule.rule,
    rule.verdict,
    rule.deprecated_after,
    rule.disallowed_after,
    rule.source
from core.crypto_match as match
join raw.crypto_rule as rule on rule.policy = match.policy and rule.rule = match.name
where match.part = 'rule'
