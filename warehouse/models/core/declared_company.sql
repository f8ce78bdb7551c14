/*
description: The employer that the forge profiles of a person declare.
grain: one per person whose profiles name one enterprise or community of the workspace
key: [person_id]
columns:
  person_id: pseudonym, as in core.account
  enterprise_id: enterprise or community whose id or name the profile gives
formula: letter by letter, letter case and a leading @ aside
edge_cases:
  - A name that two enterprises carry names neither, and profiles that name two enterprises name none.
  - A declared company is of today, and anybody's own word.
*/
with name as (
    select name, min(enterprise_id) as enterprise_id
    from (
        select enterprise_id, lower(unnest([enterprise_id, name_zh, name_en])) as name from raw.enterprise
    )
    group by name
    having count(distinct enterprise_id) = 1
)
select account.person_id, min(name.enterprise_id) as enterprise_id
from raw.forge_account as profile
join core.account as account on account.account_id = profile.account_id
join name on name.name = lower(trim(ltrim(trim(profile.company), '@')))
where account.person_id is not null
group by account.person_id
having count(distinct name.enterprise_id) = 1
