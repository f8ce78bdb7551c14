/*
description: How the cryptography of a repository, an enterprise or an industry segment stands under a policy.
grain: one per subject and policy
key: [subject_kind, subject_id, policy]
columns:
  subject_kind: repository, enterprise or segment
  subject_id: its id
  policy: policy
  repositories: repositories of the subject
  repositories_scanned: of these, those whose scan for cryptography succeeded at least in part
  repositories_using: of these, those with a use that counts; null if none was scanned
  sites: places that count, distinct by repository, file, line and column; null likewise
  sites_resolved: of these, those whose algorithm or protocol is known; null likewise
  sites_not_counted: places in tests, examples and vendored code; null likewise
  weak: places that are not acceptable today; null likewise
  deprecated: places that are being retired; null likewise
  quantum_vulnerable: places that a quantum computer breaks; null likewise
  post_quantum: places with a post-quantum algorithm; null likewise
  national: places with an algorithm of Chinese commercial cryptography (国密); null likewise
  international: places with an international algorithm where a national one is asked for; null likewise
  misuse: places that are used in a way that voids their protection; null likewise
  next_deadline: >-
    earliest day from the day of the answers on, after which a rule disallows something in use; null if none
  overdue: places that a rule has disallowed before the day of the answers; null likewise
  national_standing: >-
    conforming (national only), mixed, absent (international only); null if nothing is used that either names, or
    for a policy that does not ask
  sources: sources of the rules that are about one of the places
formula: places of core.crypto_use that count and are under a rule with that verdict
source: sbom/crypto/policies
edge_cases:
  - 0 is an observation, null means that nothing was scanned.
  - One place may stand under several verdicts.
  - A segment's repositories are those with evidence for it that counts.
*/
with policy as (
    select distinct policy from raw.crypto_rule
),
scanned as (
    select repo_id from core.crypto_scanned
),
member as (
    select 'repository' as subject_kind, repo_id as subject_id, repo_id from core.repository
    union all
    select 'enterprise', enterprise_id, repo_id from core.repository where enterprise_id is not null
    union all
    select 'segment', segment_id, repo_id from core.segment_repository
),
subject as (
    select
        subject_kind,
        subject_id,
        count(*) as repositories,
        count(scanned.repo_id) as repositories_scanned
    from member
    left join scanned using (repo_id)
    group by subject_kind, subject_id
),
used as (
    select
        member.subject_kind,
        member.subject_id,
        used.repo_id,
        used.kind_id,
        used.algorithm,
        used.family,
        used.protocol_version,
        used.is_counted,
        (used.repo_id, used.path, used.line, used."column") as site
    from member
    join scanned using (repo_id)
    join core.crypto_use as used using (repo_id)
),
total as (
    select
        subject_kind,
        subject_id,
        count(distinct repo_id) filter (where is_counted) as repositories_using,
        count(distinct site) filter (where is_counted) as sites,
        count(distinct site) filter (where is_counted and coalesce(algorithm, family, protocol_version) is not null)
            as sites_resolved,
        count(distinct site) filter (where not is_counted) as sites_not_counted
    from used
    group by subject_kind, subject_id
),
day as (
    select cast(value as date) as today from meta.parameter where name = 'as_of'
),
judged as (
    select
        used.subject_kind,
        used.subject_id,
        verdict.policy,
        count(distinct site) filter (where verdict = 'weak') as weak,
        count(distinct site) filter (where verdict = 'deprecated') as deprecated,
        count(distinct site) filter (where verdict = 'quantum-vulnerable') as quantum_vulnerable,
        count(distinct site) filter (where verdict = 'post-quantum') as post_quantum,
        count(distinct site) filter (where verdict = 'national') as national,
        count(distinct site) filter (where verdict = 'international') as international,
        count(distinct site) filter (where verdict = 'misuse') as misuse,
        min(disallowed_after) filter (where disallowed_after >= day.today) as next_deadline,
        count(distinct site) filter (where disallowed_after < day.today) as overdue,
        list_sort(list(distinct verdict.source)) as sources
    from used
    cross join day
    join core.crypto_verdict as verdict using (kind_id)
    where used.is_counted
    group by used.subject_kind, used.subject_id, verdict.policy
),
asks as (
    select policy, max(verdict = 'national') as is_national from raw.crypto_rule group by policy
)
select
    subject.subject_kind,
    subject.subject_id,
    policy.policy,
    subject.repositories,
    subject.repositories_scanned,
    case when repositories_scanned > 0 then coalesce(repositories_using, 0) end as repositories_using,
    case when repositories_scanned > 0 then coalesce(sites, 0) end as sites,
    case when repositories_scanned > 0 then coalesce(sites_resolved, 0) end as sites_resolved,
    case when repositories_scanned > 0 then coalesce(sites_not_counted, 0) end as sites_not_counted,
    case when repositories_scanned > 0 then coalesce(weak, 0) end as weak,
    case when repositories_scanned > 0 then coalesce(deprecated, 0) end as deprecated,
    case when repositories_scanned > 0 then coalesce(quantum_vulnerable, 0) end as quantum_vulnerable,
    case when repositories_scanned > 0 then coalesce(post_quantum, 0) end as post_quantum,
    case when repositories_scanned > 0 then coalesce(national, 0) end as national,
    case when repositories_scanned > 0 then coalesce(international, 0) end as international,
    case when repositories_scanned > 0 then coalesce(misuse, 0) end as misuse,
    next_deadline,
    case when repositories_scanned > 0 then coalesce(overdue, 0) end as overdue,
    case
        when not asks.is_national then null
        when national > 0 and international = 0 then 'conforming'
        when national > 0 then 'mixed'
        when international > 0 then 'absent'
    end as national_standing,
    coalesce(sources, []) as sources
from subject
cross join policy
join asks using (policy)
left join total using (subject_kind, subject_id)
left join judged using (subject_kind, subject_id, policy)
