/*
description: >-
  What has to be replaced by what, for each API that uses it, and how much work and how many repositories hang on
  it.
grain: one per policy, replacement, library, API and algorithm in use
key: [policy, replacement, library, api, algorithm, protocol, protocol_version]
columns:
  policy: policy
  replacement: replacement of the policy
  library: library whose API is used
  api: API symbol, or directive of a configuration
  algorithm: algorithm or cipher suite in use; null where only the family or the protocol is known
  family: algorithm family; null for protocols
  protocol: protocol; null for algorithms
  protocol_version: version of the protocol; null where not stated
  replaced_by: what to take instead, the first by preference
  hybrid: combinations with a post-quantum algorithm for the time between
  libraries: packages that provide the replacement in the languages of the places
  work: parameter, api, protocol or data, what has to change
  sites: places that count
  files: distinct files
  repositories: distinct repositories
  enterprises: distinct enterprises
  blast_radius: >-
    repositories that use a package of which one of these repositories is the source, these left out; null where
    none of them declares a package
  points: sites × factor of the work
  effort: class of effort by points
  disallowed_after: earliest day after which a rule of the policy disallows it; null if none sets one
  source: standard or publication that says so
  repo_id: repository of the first place
  path: file of the first place
  line: line of the first place
formula: >-
  the first replacement of a policy that is about a use counts; points = sites × factor; the class is the first
  with enough points
source: sbom/crypto/policies and sbom/crypto/effort.yaml; factors and classes are judgements, not measurements
edge_cases:
  - Uses whose standing is fine under the policy are listed too where the policy names a replacement (post-quantum,
    国密); disallowed_after tells what is urgent.
  - Tests, examples and vendored code do not count.
*/
with first_fitting as (
    select match.kind_id, match.policy, match.name as replacement
    from core.crypto_match as match
    join raw.crypto_replacement as replacement
        on replacement.policy = match.policy and replacement.replacement = match.name
    where match.part = 'replacement'
    qualify row_number() over (partition by match.policy, match.kind_id order by replacement.rank) = 1
),
deadline as (
    select kind_id, policy, min(disallowed_after) as disallowed_after
    from core.crypto_verdict
    group by kind_id, policy
),
used as (
    select
        fit.policy,
        fit.replacement,
        used.repo_id,
        used.enterprise_id,
        used.path,
        used.line,
        used."column",
        used.language,
        used.library,
        used.api,
        used.algorithm,
        used.family,
        used.protocol,
        used.protocol_version,
        deadline.disallowed_after
    from first_fitting as fit
    join core.crypto_use as used using (kind_id)
    left join deadline using (kind_id, policy)
    where used.is_counted
),
counted as (
    select
        policy,
        replacement,
        library,
        api,
        algorithm,
        protocol,
        protocol_version,
        min(family) as family,
        count(distinct (repo_id, path, line, "column")) as sites,
        count(distinct (repo_id, path)) as files,
        count(distinct repo_id) as repositories,
        count(distinct enterprise_id) as enterprises,
        list_sort(list(distinct language)) as languages,
        list(distinct repo_id) as repo_ids,
        min(disallowed_after) as disallowed_after,
        min({'repo_id': repo_id, 'path': path, 'line': line}) as place
    from used
    group by all
),
grouped as (
    select
        row_number() over (order by policy, replacement, library, api, algorithm, protocol, protocol_version)
            as group_id,
        *
    from counted
),
affected as (
    select group_id, unnest(repo_ids) as repo_id from grouped
),
source_of as (
    select distinct repo_id, package_key from core.declared_package where not in_test_data
),
dependent as (
    select
        affected.group_id,
        count(distinct component.repo_id) filter (where inside.repo_id is null) as blast_radius
    from affected
    join source_of using (repo_id)
    left join core.component as component on component.package_key = source_of.package_key
    left join affected as inside on inside.group_id = affected.group_id and inside.repo_id = component.repo_id
    group by affected.group_id
),
provider as (
    select grouped.group_id, list_sort(list_distinct(flatten(list(replacing.libraries)))) as libraries
    from grouped
    join raw.crypto_replacement_library as replacing on list_contains(grouped.languages, replacing.language)
    group by grouped.group_id
)
select
    grouped.policy,
    grouped.replacement,
    grouped.library,
    grouped.api,
    grouped.algorithm,
    grouped.family,
    grouped.protocol,
    grouped.protocol_version,
    rule.replaced_by,
    rule.hybrid,
    coalesce(provider.libraries, []) as libraries,
    rule.work,
    grouped.sites,
    grouped.files,
    grouped.repositories,
    grouped.enterprises,
    dependent.blast_radius,
    grouped.sites * rule.factor as points,
    (
        select effort.effort
        from raw.crypto_effort as effort
        where effort.points is null or effort.points >= grouped.sites * rule.factor
        order by effort.rank
        limit 1
    ) as effort,
    grouped.disallowed_after,
    rule.source,
    place.repo_id,
    place.path,
    place.line
from grouped
join raw.crypto_replacement as rule
    on rule.policy = grouped.policy and rule.replacement = grouped.replacement
left join provider using (group_id)
left join dependent using (group_id)
