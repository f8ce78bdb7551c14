/*
description: Enterprises and watched communities of the workspace, and what can be seen of each.
grain: one per enterprise or watched community
key: [enterprise_id]
columns:
  enterprise_id: id in the workspace
  name_zh: Chinese name
  name_en: English name
  kind: enterprise (counts for the region) or community (watched upstream)
  district: district of the region, null if not said
  park: software park, null if not said
  repositories: repositories of the workspace that it owns
  repositories_observed: of these, those whose packages could be read
  is_observed: at least one repository could be read
  can_affiliate: >-
    the workspace declares an e-mail domain or a roster for it, so its people can be recognised
*/
select
    enterprise_id,
    name_zh,
    name_en,
    kind,
    district,
    park,
    coalesce(owned.repositories, 0) as repositories,
    coalesce(owned.observed, 0) as repositories_observed,
    coalesce(owned.observed, 0) > 0 as is_observed,
    recognised.enterprise_id is not null as can_affiliate
from raw.enterprise
left join (
    select enterprise_id, count(*) as repositories, count(*) filter (where is_observed) as observed
    from core.repository
    group by enterprise_id
) as owned using (enterprise_id)
left join (
    select enterprise_id from raw.enterprise_domain
    union
    select enterprise_id from raw.roster
) as recognised using (enterprise_id)
