/*
description: >-
  What shows that somebody could supply a segment: packages that a repository declares, keywords and
  topics of its manifests, and commits to the source of somebody else's package.
grain: one per enterprise, repository, object, rule and manifest
columns:
  segment_id: segment
  enterprise_id: who could supply
  repo_id: repository in which it shows
  object_kind: >-
    package (declared by the repository), topic, keyword, or upstream (commits to a package's source)
  object: package key, or the term found
  rule_id: rule of the taxonomy; for a term, the segment, the kind and the term
  strength: 1.0, 0.7, 0.5 or 0.25
  maintenance: >-
    1 if kept alive within 180 days, 0.5 within 365, else 0; null where no history could be read, or where it cannot
    be told whether the repository is a mere copy
  is_verified: the rule is verified; false = a hint only
  not_counted: >-
    why no measure counts the row, test data, example, bundled, fork or mirror, unverified rule, generic rule or
    private package; null =
    counted
  path: manifest in which it shows
  line: line in the manifest, from 1; null where the format has none
formula: >-
  1.0 declares a package of a rule; 0.7 at least 5 commits by the enterprise's people in the 365 days up
  to the day the answers hold for, in a repository that declares such a package and that the enterprise
  does not own, or keeps as a mere copy; 0.5 own repository with both a topic and a keyword; 0.25 with either. Kept alive by the
  last commit that is not a bot's, in the repository or, for upstream, by the enterprise's people. The numbers are
  those of scoring.yaml.
edge_cases:
  - What a folder of demos, examples or tests declares is shown and not counted, it is published for nobody.
  - What a fork or mirror without own commits declares or says is shown and not counted.
  - A private package is shown and not counted; where the format cannot say, it counts as published.
  - A generic rule (weight 0.25) counts only where the same repository matches a keyword or topic of the
    segment.
  - Commits of unaffiliated people support nobody.
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.publishes') as publishes,
        max(value) filter (where name = 'evidence.commits_upstream') as commits_upstream,
        max(value) filter (where name = 'evidence.topic_and_keyword') as topic_and_keyword,
        max(value) filter (where name = 'evidence.keyword') as keyword,
        max(value) filter (where name = 'evidence.generic') as generic,
        max(value) filter (where name = 'evidence.commits') as commits,
        max(value) filter (where name = 'evidence.window_days') as window_days,
        max(value) filter (where name = 'evidence.alive_days') as alive_days
    from raw.scoring
),
term as (
    select repo_id, segment_id, bool_or(kind = 'topic') and bool_or(kind = 'keyword') as has_both
    from core.repository_term
    group by repo_id, segment_id
),
declared as (
    select
        declared.repo_id,
        declared.enterprise_id,
        declared.package_key,
        rule.segment_id,
        rule.rule_id,
        rule.verified as is_verified,
        origin.is_copy,
        case
            when declared.in_test_data then 'test data'
            when declared.is_example then 'example'
            when declared.is_bundled then 'bundled'
            when not rule.verified then 'unverified rule'
            when rule.weight <= bound.generic and term.repo_id is null then 'generic rule'
            when declared.private then 'private package'
        end as not_counted,
        declared.path,
        declared.line
    from core.declared_package as declared
    join core.package_rule as rule on rule.package_key = declared.package_key
    join core.repository_origin as origin on origin.repo_id = declared.repo_id
    left join term on term.repo_id = declared.repo_id and term.segment_id = rule.segment_id
    cross join bound
),
contributor as (
    select
        commit.repo_id,
        commit.enterprise_id,
        case when max(committed_on) >= as_of.day - cast(bound.alive_days as integer) then 1.0 else 0.5 end as maintenance
    from core.commit
    join core.repository on repository.repo_id = commit.repo_id
    join core.repository_origin as origin on origin.repo_id = commit.repo_id
    cross join bound
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    where not is_bot
        and (commit.enterprise_id <> repository.enterprise_id or origin.is_copy)
        and committed_on > as_of.day - cast(bound.window_days as integer)
    group by commit.repo_id, commit.enterprise_id, as_of.day, bound.alive_days, bound.commits
    having count(*) >= bound.commits
)
select
    segment_id,
    enterprise_id,
    repo_id,
    'package' as object_kind,
    package_key as object,
    rule_id,
    bound.publishes as strength,
    case when is_copy is not null then maintenance end as maintenance,
    is_verified,
    case when is_copy then coalesce(not_counted, 'fork or mirror') else not_counted end as not_counted,
    path,
    line
from declared
join core.repository_maintenance using (repo_id)
cross join bound
union
select
    segment_id,
    contributor.enterprise_id,
    declared.repo_id,
    'upstream',
    package_key,
    rule_id,
    bound.commits_upstream,
    contributor.maintenance,
    is_verified,
    not_counted,
    path,
    line
from declared
join contributor on contributor.repo_id = declared.repo_id
cross join bound
union
select
    found.segment_id,
    repository.enterprise_id,
    found.repo_id,
    found.kind,
    found.term,
    found.segment_id || ' ' || found.kind || ' ' || found.term,
    case when term.has_both then bound.topic_and_keyword else bound.keyword end,
    case when origin.is_copy is not null then maintenance end,
    true,
    case when origin.is_copy then 'fork or mirror' end,
    found.path,
    found.line
from core.repository_term as found
join term on term.repo_id = found.repo_id and term.segment_id = found.segment_id
join core.repository on repository.repo_id = found.repo_id
join core.repository_maintenance on repository_maintenance.repo_id = found.repo_id
join core.repository_origin as origin on origin.repo_id = found.repo_id
cross join bound
