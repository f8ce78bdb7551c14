/*
description: >-
  Where the software talent that commits in public is: people by language, segment of an industry chain, technology,
  employer, district and seniority. Counts only, folded under five in reports.
grain: >-
  one per kind of skill, skill, employer and seniority; employer, district and park are null for the unaffiliated
key: [skill_kind, skill, enterprise_id, seniority]
columns:
  skill_kind: language, segment or technology
  skill: language, id of a segment, or package that a rule of the taxonomy names, as in core.skill_evidence
  enterprise_id: last known employer; null = unknown, not independent
  district: district of the employer; null if not said or unknown
  park: software park of the employer; null likewise
  seniority: "entrant (under 1 year), experienced (1 to 5 years), senior (5 years and more)"
  people: people with the skill
  people_core: of these, core contributors of a repository of the workspace, as in core.repository_person
  commits: their commits with it in the last 365 days; one in several repositories counts once
  repositories: repositories of the workspace in which they were made
formula: >-
  seniority by the days between the first commit of the person anywhere here and the last; employer by the
  latest commit with a known one
source: >-
  core.skill_evidence; years of activity as a stand-in for experience; core contributors by the 80 % rule of Mockus,
  Fielding and Herbsleb, TOSEM 11 (2002)
edge_cases:
  - Bots, merges and vanished commits are left out.
  - Somebody who works with several skills counts in each, so that people of skills do not add up.
  - Work that is not public cannot be seen; shallow histories shorten the years of activity.
*/
with person as (
    select
        person_id,
        date_diff('day', min(authored_on), max(authored_on)) as days,
        max({'day': authored_on, 'sha': sha, 'enterprise': enterprise_id}) filter (where enterprise_id is not null)
            as last_employed
    from core.commit
    where not is_bot and not is_merge and person_id is not null
        and authored_on <= (select cast(value as date) from meta.parameter where name = 'as_of')
    group by person_id
),
core_contributor as (
    select distinct person_id from core.repository_person where is_core
),
graded as (
    select
        skill.skill_kind,
        skill.skill,
        skill.commits,
        skill.repositories,
        person.last_employed['enterprise'] as enterprise_id,
        core_contributor.person_id is not null as is_core,
        case when days >= 1826 then 'senior' when days >= 365 then 'experienced' else 'entrant' end as seniority
    from core.skill_evidence as skill
    join person on person.person_id = skill.person_id
    left join core_contributor on core_contributor.person_id = skill.person_id
)
select
    graded.skill_kind,
    graded.skill,
    graded.enterprise_id,
    any_value(enterprise.district) as district,
    any_value(enterprise.park) as park,
    graded.seniority,
    count(*) as people,
    count(*) filter (where is_core) as people_core,
    cast(sum(graded.commits) as bigint) as commits,
    len(list_distinct(flatten(list(graded.repositories)))) as repositories
from graded
left join core.enterprise as enterprise on enterprise.enterprise_id = graded.enterprise_id
group by graded.skill_kind, graded.skill, graded.enterprise_id, graded.seniority
