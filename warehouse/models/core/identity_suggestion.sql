/*
description: People who carry an equal full name and may be one; a person has to say so in the workspace.
grain: one per person and the first of the people with an equal name
key: [person_id, other_person_id]
columns:
  person_id: pseudonym of the first of them, in text order
  other_person_id: pseudonym of another one
  identity_id: name and address of the first that carries the name
  other_identity_id: name and address of the other that carries it
  rule: equal full name
formula: equal names of at least two words, letter case and spaces aside, with different people
edge_cases:
  - Nothing is merged by it; `chainatlas identities` shows the names, [[identities]] in the workspace joins.
  - Names of one word, as most Chinese names are written, are far too common to suggest anything.
*/
with named as (
    select
        identity.person_id,
        min(identity.identity_id) as identity_id,
        regexp_replace(lower(trim(raw.canonical_name)), '\s+', ' ', 'g') as full_name
    from raw.identity as raw
    join core.identity using (identity_id)
    where identity.person_id is not null and not identity.is_bot
    group by identity.person_id, full_name
),
shared as (
    select
        *,
        first_value(person_id) over same as first_person_id,
        first_value(identity_id) over same as first_identity_id
    from named
    where full_name like '% %'
    window same as (partition by full_name order by person_id)
)
select
    first_person_id as person_id,
    person_id as other_person_id,
    min(first_identity_id) as identity_id,
    min(identity_id) as other_identity_id,
    'equal full name' as rule
from shared
where person_id <> first_person_id
group by first_person_id, person_id
