/*
description: Which evidence rules show that somebody uses an alternative that the taxonomy lists for a segment.
grain: one per segment, alternative and rule that shows its use
key: [segment_id, alternative, rule_id]
columns:
  segment_id: segment
  alternative: name of the alternative
  rule_id: rule of the same segment
  match: >-
    package (the alternative names it), repository (the package is its repository) or organisation (of the
    home country or begun there)
formula: the first of package, repository, organisation that matches
source: alternatives of the taxonomy
edge_cases:
  - A foundation's other projects are no use of its alternative, an organisation matches only where the
    rule's foreign factor is 0.
  - An organisation that stands for many independent owners never matches by itself.
*/
with alternative as (
    select
        segment_id,
        name,
        organization_id,
        packages,
        repository_key as repository
    from core.alternative
),
rule as (
    select
        evidence_rule.rule_id,
        evidence_rule.segment_id,
        evidence_rule.purl,
        lower(key.package_key) as package_key,
        owner.organization_id,
        owner.owner,
        owner.foreign_factor
    from raw.evidence_rule
    join core.package_key as key on key.purl = evidence_rule.purl
    join core.rule_owner as owner on owner.rule_id = evidence_rule.rule_id
),
matched as (
    select
        alternative.segment_id,
        alternative.name as alternative,
        rule.rule_id,
        case
            when list_contains(alternative.packages, rule.purl) then 'package'
            when rule.package_key = 'pkg:golang/' || alternative.repository
                or 'pkg:github/' || regexp_replace(alternative.repository, '^github\.com/', '') = rule.package_key
                then 'repository'
            when rule.organization_id = alternative.organization_id
                and rule.owner = rule.organization_id
                and rule.foreign_factor = 0
                then 'organisation'
        end as match
    from alternative
    join rule on rule.segment_id = alternative.segment_id
)
select distinct segment_id, alternative, rule_id, match from matched where match is not null
