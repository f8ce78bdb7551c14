/*
description: How people moved between employers, as their commits and the roster show it.
grain: one per pair of employers and year
key: [from_enterprise_id, to_enterprise_id, year]
columns:
  from_enterprise_id: employer of the person's commit before
  to_enterprise_id: employer of the first commit after
  year: year of that first commit
  people: people who moved
formula: consecutive commits of a person, by author date, whose known employers differ
source: transitions between employers, as labour-market statistics count job-to-job moves
edge_cases:
  - Commits without a known employer are passed over; somebody who works for two employers in turn moves
    each time and counts once per pair and year.
  - Counts are of pseudonyms; reports fold groups under five.
*/
with moved as (
    select person_id
    from core.commit
    where not is_bot and person_id is not null and authored_on is not null
    group by person_id
    having min(enterprise_id) <> max(enterprise_id)
),
affiliated as (
    select
        person_id,
        enterprise_id,
        authored_on,
        lag(enterprise_id) over (partition by person_id order by authored_on, sha, repo_id) as before
    from core.commit
    where not is_bot and enterprise_id is not null and authored_on is not null
        and person_id in (select person_id from moved)
)
select
    before as from_enterprise_id,
    enterprise_id as to_enterprise_id,
    extract(year from authored_on) as year,
    count(distinct person_id) as people
from affiliated
where before <> enterprise_id
group by before, enterprise_id, extract(year from authored_on)
