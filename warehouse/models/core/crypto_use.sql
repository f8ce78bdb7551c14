/*
description: >-
  Every place of a repository that uses cryptography: calls, settings, certificates and keys, with its owner.
grain: one per use as it was found
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  head_sha: commit that was read; null for a plain folder
  kind_id: names everything that a policy may look at (family, algorithm, hash, mode … and findings)
  path: file, repository-relative
  line: line in the file, from 1
  column: column in characters, from 1
  origin: code, configuration, certificate or key
  language: language of the file; config for configuration, certificates and keys
  library: library whose API is used
  api: API symbol, or directive of a configuration
  algorithm: algorithm or cipher suite; null where not resolved
  family: algorithm family; null where not resolved
  mode: mode of operation; null where not stated
  padding: padding; null where not stated
  key_size: key size in bits; null where not stated
  curve: elliptic curve; null where not stated
  digest: hash inside a signature, MAC or key derivation; null where not stated
  protocol: protocol; null for algorithms
  protocol_version: version of the protocol; null where not stated
  primitive: CycloneDX primitive
  function: CycloneDX crypto function
  confidence: high, medium or low
  context: main, test, example or vendored
  is_counted: it stands in the product itself, which is what postures count
  findings: codes of what is wrong there
edge_cases:
  - A repository that is no longer in the workspace has no rows here.
  - Tests, examples and vendored code have rows but do not count.
incremental:
  rows: [core.repository, raw.crypto_occurrence]
*/
select
    used.repo_id,
    repository.enterprise_id,
    used.head_sha,
    md5(
        concat_ws(
            '|',
            coalesce(used.family, ''),
            coalesce(used.algorithm, ''),
            coalesce(used.digest, ''),
            coalesce(used.mode, ''),
            coalesce(used.primitive, ''),
            coalesce(used.protocol, ''),
            coalesce(used.protocol_version, ''),
            coalesce(cast(used.key_size as varchar), ''),
            coalesce(array_to_string(used.findings, ','), '')
        )
    ) as kind_id,
    used.path,
    used.line,
    used."column",
    case
        when used.asset_type = 'certificate' then 'certificate'
        when used.asset_type = 'related-crypto-material' then 'key'
        when used.language = 'config' then 'configuration'
        else 'code'
    end as origin,
    used.language,
    used.library,
    used.api,
    used.algorithm,
    used.family,
    used.mode,
    used.padding,
    used.key_size,
    used.curve,
    used.digest,
    used.protocol,
    used.protocol_version,
    used.primitive,
    used.function,
    used.confidence,
    used.context,
    used.context = 'main' as is_counted,
    coalesce(used.findings, []) as findings
from raw.crypto_occurrence as used
join core.repository on repository.repo_id = used.repo_id
