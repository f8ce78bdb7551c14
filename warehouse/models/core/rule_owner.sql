/*
description: Who stands upstream of each evidence rule, and how foreign that owner is to the home region.
grain: one per evidence rule
key: [rule_id]
columns:
  rule_id: rule
  segment_id: segment of the rule
  organization_id: organisation that controls releases today
  owner: >-
    the organisation; for one that stands for many independent owners, the organisation and the package's
    namespace, or the package where it has none
  region: country of the owner, INT where there is none
  foreign_factor: >-
    f, 1 another country, 0 the home country or a project that began there, 0.5 a neutral foundation or an
    owner of no country; null if the workspace names no home country
  is_unattributed: the owner is of no known country and not neutral
  source: taxonomy file:line of the rule
formula: f = 0 at home or begun at home, else 0.5 neutral or unattributed, else 1; numbers of scoring.yaml
source: foreign factor of the segment measures
edge_cases:
  - A foundation at home is at home, neutral or not.
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.foreign') as "foreign",
        max(value) filter (where name = 'evidence.neutral') as neutral
    from raw.scoring
),
rule as (
    select
        evidence_rule.rule_id,
        evidence_rule.segment_id,
        evidence_rule.owner as organization_id,
        evidence_rule.initiated_in,
        evidence_rule.source,
        organization.region,
        coalesce(organization.neutral, false) as neutral,
        coalesce(organization.collective, false) as collective,
        key.package_key,
        key.namespace,
        (select value from meta.parameter where name = 'region.country') as home
    from raw.evidence_rule
    join core.package_key as key on key.purl = evidence_rule.purl
    left join raw.organization on organization.organization_id = evidence_rule.owner
)
select
    rule_id,
    segment_id,
    organization_id,
    case
        when not collective then organization_id
        when namespace is null then organization_id || ' ' || package_key
        else organization_id || ' ' || regexp_replace(package_key, '/[^/]+$', '')
    end as owner,
    region,
    cast(
        case
            when home is null then null
            when region = home or initiated_in = home then 0.0
            when rule.neutral or region = 'INT' or region is null then bound.neutral
            else bound."foreign"
        end as double
    ) as foreign_factor,
    (region = 'INT' or region is null) and not rule.neutral and coalesce(initiated_in <> home, true)
        as is_unattributed,
    source
from rule
cross join bound
