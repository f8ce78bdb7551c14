/*
description: Certificates that lie in repositories, by how long they are still valid on the day of the answers.
grain: one per repository, file, line and certificate
key: [repo_id, path, line, sha256, format]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  path: file, repository-relative
  line: line in the file; null where the form has none
  format: pem, der, pkcs12, jks or pkcs7
  subject: subject
  issuer: issuer
  sha256: fingerprint of the certificate
  not_before: first day of validity; null where it is no date
  not_after: last day of validity; null where it is no date
  days_left: days from the day of the answers to the end; negative if it has ended; null likewise
  standing: not yet valid, expired, within 30 days, within 90 days, within a year or valid; null likewise
  signature_algorithm: signature algorithm; the object identifier where it has no name
  key_algorithm: algorithm of the public key
  key_size: size of the public key in bits
  curve: elliptic curve of the public key
  is_ca: may sign certificates
  self_signed: issued by itself
  key_in_repository: its private key lies in the same repository
  context: main, test, example or vendored
  head_sha: commit that was read; null for a plain folder
formula: days_left = not_after − the day of the answers (as_of)
source: RFC 5280, section 4.1.2.5
edge_cases:
  - A store that asks for a password may hold certificates that are not seen; raw.unknown tells of it.
  - Test certificates have rows; their context says so.
*/
with day as (
    select cast(value as date) as today from meta.parameter where name = 'as_of'
),
dated as (
    select
        certificate.*,
        cast(to_timestamp(not_before) at time zone 'UTC' as date) as first_day,
        cast(to_timestamp(not_after) at time zone 'UTC' as date) as last_day,
        day.today
    from raw.certificate
    cross join day
)
select
    dated.repo_id,
    repository.enterprise_id,
    dated.path,
    dated.line,
    dated.format,
    dated.subject,
    dated.issuer,
    dated.sha256,
    dated.first_day as not_before,
    dated.last_day as not_after,
    date_diff('day', dated.today, dated.last_day) as days_left,
    case
        when dated.last_day is null or dated.first_day is null then null
        when dated.first_day > dated.today then 'not yet valid'
        when dated.last_day < dated.today then 'expired'
        when date_diff('day', dated.today, dated.last_day) <= 30 then 'within 30 days'
        when date_diff('day', dated.today, dated.last_day) <= 90 then 'within 90 days'
        when date_diff('day', dated.today, dated.last_day) <= 365 then 'within a year'
        else 'valid'
    end as standing,
    dated.signature_algorithm,
    dated.key_algorithm,
    dated.key_size,
    dated.curve,
    dated.is_ca,
    dated.self_signed,
    dated.key_in_repository,
    dated.context,
    dated.head_sha
from dated
join core.repository on repository.repo_id = dated.repo_id
