/*
description: >-
  What each person can be seen to work with: languages of the changed files, segments of industry chains, and technologies
  that the repositories ask for or publish.
grain: one per person, kind of skill and skill
key: [person_id, skill_kind, skill]
columns:
  person_id: pseudonym, as in core.identity
  skill_kind: language, segment or technology
  skill: >-
    language; id of the segment; or the package, or family of packages, that a verified rule of the taxonomy names
  commits: commits of the 365 days that change the language, or in repositories where segment or technology shows
  repositories: these repositories
formula: >-
  at least 5 commits without merges in the 365 days. A segment shows as in core.talent_evidence. A technology shows in a
  repository that asks for a package of it directly, not for development only, or that publishes one.
source: active = 5 commits in 12 months, as in the segment measure of talent
edge_cases:
  - Bots and vanished commits are left out; a commit in several repositories counts once.
  - >-
    Segments and technologies are told by repository, not by file: whoever works on a repository counts as working with what
    it is made of.
  - Somebody who works with several skills counts in each.
  - Segments are those of people and repositories that core.talent_evidence looks at, which leaves watched communities out.
*/
with authored as (
    select commit.sha, commit.repo_id, commit.person_id
    from core.commit as commit
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    where not is_bot and not is_merge and person_id is not null
        and authored_on <= as_of.day and authored_on > as_of.day - 365
),
technology as (
    select distinct shown.repo_id, rule.purl as technology
    from (
        select repo_id, package_key
        from core.repository_package
        where directness = 'direct' and not is_development
        union
        select repo_id, package_key from core.published_package
    ) as shown
    join core.package_rule as claim on claim.package_key = shown.package_key and claim.verified
    join raw.evidence_rule as rule on rule.rule_id = claim.rule_id
),
language as (
    select
        authored.person_id,
        'language' as skill_kind,
        changed.language as skill,
        count(distinct authored.sha) as commits,
        list_sort(list(distinct authored.repo_id)) as repositories
    from authored
    join raw.commit_language as changed on changed.repo_id = authored.repo_id and changed.sha = authored.sha
    group by authored.person_id, changed.language
),
worked as (
    select
        authored.person_id,
        'technology' as skill_kind,
        technology.technology as skill,
        count(distinct authored.sha) as commits,
        list_sort(list(distinct authored.repo_id)) as repositories
    from authored
    join technology on technology.repo_id = authored.repo_id
    group by authored.person_id, technology.technology
),
segment as (
    select
        person_id,
        'segment' as skill_kind,
        segment_id as skill,
        any_value(commits_in_segment) as commits,
        list_sort(list(distinct repo_id)) as repositories
    from core.talent_evidence
    where not_counted is distinct from 'fewer than five commits'
    group by person_id, segment_id
)
select * from language where commits >= 5
union all
select * from worked where commits >= 5
union all
select * from segment
