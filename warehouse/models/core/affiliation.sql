/*
description: For whom somebody works, as far as the workspace declares it.
grain: one per name with an address, or public address of an account that nobody committed under, and period with a
  known employer
key: [identity_id, email_id, enterprise_id, valid_from, valid_to, rule]
columns:
  identity_id: name and address, as in raw.identity; null for an address that only the workspace or a forge names
  email_id: digest of the address
  person_id: pseudonym, as in core.identity
  enterprise_id: employer
  valid_from: first day, null = always
  valid_to: last day, null = still
  rule: roster, e-mail domain or declared company
formula: >-
  A roster row holds for every address of the person. A declared e-mail domain holds for the addresses in
  it and in its subdomains, of several the longest. The company of a forge profile holds for every address of
  the person if it is id or name of one enterprise, letter case and a leading @ aside.
edge_cases:
  - An address without a row is unaffiliated, which means unknown and never independent.
  - >-
    Free-mail and noreply domains never affiliate, nor does a domain under which anybody can register (com.cn),
    even where a workspace declares them.
  - A domain or name that two enterprises declare affiliates to neither, nor do profiles that name two.
  - A declared company is of today; core.commit asks for it last.
*/
with roster as (
    select distinct person_id, enterprise_id, valid_from, valid_to
    from raw.roster
    join core.identity on roster.email_id in (identity.email_id, identity.canonical_email_id)
    where person_id is not null
),
declared as (
    select domain, min(enterprise_id) as enterprise_id
    from raw.enterprise_domain
    group by domain
    having count(distinct enterprise_id) = 1
),
public_address as (
    select distinct email_id, person_id, employer_domains
    from core.account
    where person_id is not null and employer_domains is not null
        and email_id not in (select email_id from core.identity where email_id is not null)
),
suffix as (
    select employer_domains, unnest(employer_domains) as suffix
    from (select employer_domains from core.identity union select employer_domains from public_address)
),
employer as (
    select employer_domains, enterprise_id
    from suffix
    join declared on declared.domain = suffix.suffix
    qualify row_number() over (partition by employer_domains order by length(suffix) desc) = 1
)
select identity_id, email_id, person_id, enterprise_id, valid_from, valid_to, 'roster' as rule
from core.identity
join roster using (person_id)
union all
select identity_id, email_id, person_id, enterprise_id, cast(null as date), cast(null as date), 'e-mail domain'
from core.identity
join employer using (employer_domains)
union all
select
    cast(null as varchar), email_id, person_id, enterprise_id, cast(null as date), cast(null as date), 'e-mail domain'
from public_address
join employer using (employer_domains)
union all
select identity_id, email_id, person_id, enterprise_id, cast(null as date), cast(null as date), 'declared company'
from core.identity
join core.declared_company using (person_id)
