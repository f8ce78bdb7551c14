/*
description: Which cryptography a repository uses, how often, where, and how that stands under each policy.
grain: one per repository, kind of use and context
key:
  [repo_id, origin, family, algorithm, mode, padding, key_size, curve, digest, protocol, protocol_version,
   primitive, library, context]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  origin: code, configuration, certificate or key
  family: algorithm family; null where not resolved
  algorithm: algorithm or cipher suite; null where not resolved
  mode: mode of operation; null where not stated
  padding: padding; null where not stated
  key_size: key size in bits; null where not stated
  curve: elliptic curve; null where not stated
  digest: hash inside; null where not stated
  protocol: protocol; null for algorithms
  protocol_version: version of the protocol; null where not stated
  primitive: CycloneDX primitive
  library: library whose API is used
  context: main, test, example or vendored
  sites: places, distinct by file, line and column
  files: distinct files
  functions: CycloneDX crypto functions that the places perform
  verdicts: policy:verdict of every rule that is about one of the places
  disallowed_after: earliest day after which a rule disallows it; null if none sets one
  oid: object identifier in the catalogue, null if it has none
  quantum: >-
    grover-only, shor-broken, classically-broken or pqc, as in the catalogue, by algorithm or else by family;
    null where neither tells
  head_sha: commit that was read; null for a plain folder
  path: file of the first place
  line: line of the first place
formula: counts over core.crypto_use with the rules of core.crypto_verdict
source: sbom/crypto/policies; catalogue of algorithms in raw.crypto_algorithm
edge_cases:
  - Every place behind a row stands in core.crypto_use with file and line.
  - An unresolved algorithm is a row of its own with null, not a guess.
  - No row is no observation where the repository was not scanned, see mart.crypto_posture.
incremental:
  rows: [core.crypto_use]
  lookups:
    core.crypto_verdict.kind_id: [core.crypto_use.kind_id]
*/
with verdict as (
    select
        used.repo_id,
        used.path,
        used.line,
        used."column",
        used.origin,
        used.family,
        used.algorithm,
        used.mode,
        used.padding,
        used.key_size,
        used.curve,
        used.digest,
        used.protocol,
        used.protocol_version,
        used.primitive,
        used.library,
        used.context,
        used.function,
        used.head_sha,
        used.enterprise_id,
        verdict.policy || ':' || verdict.verdict as verdict,
        verdict.disallowed_after
    from core.crypto_use as used
    left join core.crypto_verdict as verdict using (kind_id)
),
family_fact as (
    select family, case when count(distinct quantum) = 1 then min(quantum) end as quantum
    from raw.crypto_algorithm
    group by family
),
counted as (
    select
        repo_id,
        origin,
        family,
        algorithm,
        mode,
        padding,
        key_size,
        curve,
        digest,
        protocol,
        protocol_version,
        primitive,
        library,
        context,
        min(enterprise_id) as enterprise_id,
        count(distinct (path, line, "column")) as sites,
        count(distinct path) as files,
        list_sort(list(distinct function) filter (where function is not null)) as functions,
        list_sort(list(distinct verdict) filter (where verdict is not null)) as verdicts,
        min(disallowed_after) as disallowed_after,
        min(head_sha) as head_sha,
        min({'path': path, 'line': line}) as place
    from verdict
    group by all
)
select
    repo_id,
    enterprise_id,
    origin,
    counted.family,
    counted.algorithm,
    mode,
    padding,
    key_size,
    curve,
    digest,
    protocol,
    protocol_version,
    counted.primitive,
    library,
    context,
    sites,
    files,
    coalesce(counted.functions, []) as functions,
    coalesce(verdicts, []) as verdicts,
    disallowed_after,
    known.oid,
    coalesce(known.quantum, family_fact.quantum) as quantum,
    head_sha,
    place.path,
    place.line
from counted
left join raw.crypto_algorithm as known on known.algorithm = counted.algorithm
left join family_fact on family_fact.family = counted.family
