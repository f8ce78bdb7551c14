/*
description: Which rules and replacements of which policies are about which kind of use of cryptography.
grain: one per kind of use and rule or replacement that is about it
key: [kind_id, policy, part, name]
columns:
  kind_id: kind of use, as in core.crypto_use
  policy: policy
  part: rule or replacement
  name: id of the rule or replacement in its policy
formula: >-
  a condition is about a use if everything that it names holds for it; what a use does not state fits no
  condition that names it, and a family that is not stated fits none that excludes families
source: sbom/crypto/policies
edge_cases:
  - A use may be under several rules, or under none.
  - A use whose algorithm is not resolved is under no rule that names or excludes a family.
*/
with kind as (
    select distinct
        kind_id,
        family,
        algorithm,
        digest,
        mode,
        primitive,
        protocol,
        protocol_version,
        key_size,
        findings
    from core.crypto_use
),
condition as (
    select
        'rule' as part,
        rule as name,
        policy,
        families,
        algorithms,
        digests,
        modes,
        primitives,
        protocols,
        versions,
        findings,
        not_families,
        not_digests,
        not_algorithms,
        size_from,
        size_below
    from raw.crypto_rule
    union all
    select
        'replacement' as part,
        replacement as name,
        policy,
        families,
        algorithms,
        digests,
        modes,
        primitives,
        protocols,
        versions,
        findings,
        not_families,
        not_digests,
        not_algorithms,
        size_from,
        size_below
    from raw.crypto_replacement
)
select kind.kind_id, condition.policy, condition.part, condition.name
from kind
join condition
    on (coalesce(len(condition.families), 0) = 0
        or coalesce(list_contains(condition.families, kind.family), false))
    and (coalesce(len(condition.algorithms), 0) = 0
        or coalesce(list_contains(condition.algorithms, kind.algorithm), false))
    and (coalesce(len(condition.digests), 0) = 0
        or coalesce(list_contains(condition.digests, kind.digest), false))
    and (coalesce(len(condition.modes), 0) = 0
        or coalesce(list_contains(condition.modes, kind.mode), false))
    and (coalesce(len(condition.primitives), 0) = 0
        or coalesce(list_contains(condition.primitives, kind.primitive), false))
    and (coalesce(len(condition.protocols), 0) = 0
        or coalesce(list_contains(condition.protocols, kind.protocol), false))
    and (coalesce(len(condition.versions), 0) = 0
        or coalesce(list_contains(condition.versions, kind.protocol_version), false))
    and (coalesce(len(condition.findings), 0) = 0
        or coalesce(list_has_any(condition.findings, kind.findings), false))
    and (coalesce(len(condition.not_families), 0) = 0
        or coalesce(not list_contains(condition.not_families, kind.family), false))
    and not coalesce(list_contains(condition.not_digests, kind.digest), false)
    and not coalesce(list_contains(condition.not_algorithms, kind.algorithm), false)
    and (condition.size_from is null or kind.key_size >= condition.size_from)
    and (condition.size_below is null or kind.key_size < condition.size_below)
