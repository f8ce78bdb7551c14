/*
description: >-
  Where the software talent that commits in public is: people by language, employer, district and
  seniority. Counts only, folded under five in reports.
grain: one per language, employer and seniority; employer and district are null for the unaffiliated
key: [language, enterprise_id, seniority]
columns:
  language: language of the files that the people changed
  enterprise_id: last known employer; null = unknown, not independent
  district: district of the employer; null if not said or unknown
  park: software park of the employer; null likewise
  seniority: "entrant (under 1 year), experienced (1 to 5 years), senior (5 years and more)"
  people: people with at least 5 commits that change the language in the last 365 days
  commits: these commits
  repositories: repositories of the workspace in which they were made
formula: >-
  seniority by the days between the first commit of the person anywhere here and the last; employer by the
  latest commit with a known one
source: >-
  active = 5 commits in 12 months, as in the segment measure of talent; years of activity as a stand-in for
  experience
edge_cases:
  - Bots, merges and vanished commits are left out; a commit in several repositories counts once.
  - Somebody who works in several languages counts in each.
  - Work that is not public cannot be seen; shallow histories shorten the years of activity.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
authored as (
    select sha, repo_id, person_id, enterprise_id, authored_on
    from core.commit
    cross join as_of
    where not is_bot and not is_merge and person_id is not null and authored_on <= as_of.day
),
person as (
    select
        person_id,
        date_diff('day', min(authored_on), max(authored_on)) as days,
        arg_max(enterprise_id, authored_on) filter (where enterprise_id is not null) as enterprise_id
    from authored
    group by person_id
),
skill as (
    select
        authored.person_id,
        language.language,
        count(distinct authored.sha) as commits
    from authored
    join raw.commit_language as language on language.repo_id = authored.repo_id and language.sha = authored.sha
    cross join as_of
    where date_diff('day', authored_on, as_of.day) < 365
    group by authored.person_id, language.language
    having count(distinct authored.sha) >= 5
),
graded as (
    select
        skill.language,
        skill.person_id,
        skill.commits,
        person.enterprise_id,
        case when days >= 1826 then 'senior' when days >= 365 then 'experienced' else 'entrant' end as seniority
    from skill
    join person on person.person_id = skill.person_id
),
place as (
    select
        graded.language,
        graded.enterprise_id,
        graded.seniority,
        count(distinct authored.repo_id) as repositories
    from graded
    join authored on authored.person_id = graded.person_id
    join raw.commit_language as language
        on language.repo_id = authored.repo_id and language.sha = authored.sha
        and language.language = graded.language
    cross join as_of
    where date_diff('day', authored.authored_on, as_of.day) < 365
    group by graded.language, graded.enterprise_id, graded.seniority
)
select
    graded.language,
    graded.enterprise_id,
    any_value(enterprise.district) as district,
    any_value(enterprise.park) as park,
    graded.seniority,
    count(*) as people,
    cast(sum(graded.commits) as bigint) as commits,
    any_value(place.repositories) as repositories
from graded
left join core.enterprise on enterprise.enterprise_id = graded.enterprise_id
join place
    on place.language = graded.language
    and place.enterprise_id is not distinct from graded.enterprise_id
    and place.seniority = graded.seniority
group by graded.language, graded.enterprise_id, graded.seniority
