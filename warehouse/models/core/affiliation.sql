/*
description: For whom somebody works, as far as the workspace declares it.
grain: one per e-mail address and period with a known employer
key: [email, enterprise_id, valid_from, valid_to, rule]
columns:
  email: personal; address in lower case
  person_id: pseudonym, as in core.identity
  enterprise_id: employer
  valid_from: first day, null = always
  valid_to: last day, null = still
  rule: roster or e-mail domain
formula: >-
  A roster row holds for every address of the person. A declared e-mail domain holds for the addresses in
  it and in its subdomains, of several the longest.
edge_cases:
  - An address without a row is unaffiliated, which means unknown and never independent.
  - Free-mail and noreply domains never affiliate, even where a workspace declares them.
  - A domain that two enterprises declare affiliates to neither.
*/
with roster as (
    select person_id, enterprise_id, valid_from, valid_to
    from raw.roster
    join core.identity on identity.email = lower(trim(roster.email))
),
domain as (
    select distinct employer_domain from core.identity where employer_domain is not null
),
label as (
    select employer_domain, string_split(employer_domain, '.') as labels from domain
),
position as (
    select employer_domain, labels, unnest(generate_series(1, len(labels))) as first_label from label
),
suffix as (
    select employer_domain, array_to_string(list_slice(labels, first_label, len(labels)), '.') as suffix
    from position
),
declared as (
    select domain, min(enterprise_id) as enterprise_id
    from raw.enterprise_domain
    group by domain
    having count(distinct enterprise_id) = 1
),
employer as (
    select employer_domain, enterprise_id
    from suffix
    join declared on declared.domain = suffix.suffix
    qualify row_number() over (partition by employer_domain order by length(suffix) desc) = 1
)
select email, person_id, enterprise_id, valid_from, valid_to, 'roster' as rule
from core.identity
join roster using (person_id)
union
select email, person_id, enterprise_id, cast(null as date), cast(null as date), 'e-mail domain'
from core.identity
join employer using (employer_domain)
