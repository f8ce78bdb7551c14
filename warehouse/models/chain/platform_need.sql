/*
description: >-
  The domestic platforms that users of a segment build for, and whether an alternative of the segment is adapted to
  them: what stands between a user and a change to that alternative.
grain: one per segment, enterprise that uses it and domestic platform that it builds for where it uses the segment
key: [segment_id, enterprise_id, platform]
columns:
  segment_id: segment
  enterprise_id: enterprise
  platform: domestic CPU architecture, operating system or database
  kind: cpu, os or database
  is_adapted: >-
    an open alternative of the segment is seen on the platform; false where none is, and one says in its own repository
    for which platforms of the kind it is built, or ready-made builds of its packages leave this platform out; else null
  adapted_alternatives: these alternatives, in text order
  repo_id: repository that uses the segment and builds for the platform
  head_sha: commit that was read
  path: file that shows the platform
  line: line in the file, from 1; null where the format has none
formula: mart.platform_matrix by demand evidence, against mart.alternative_platform
source: adaptation evidence; verdict blocked-adaptation of scoring.yaml
edge_cases:
  - >-
    What is published as bytecode (data.portable of scoring.yaml) says little by the architectures that it names, and
    what names no domestic operating system or database may run there all the same: neither makes a false. Portable
    builds make none either.
  - >-
    Where rules of the segment claim drivers of a kind of platform, as those of databases do, that kind is what the
    segment is about and no need.
  - The need is what the enterprise builds for today; what it will have to build for cannot be seen.
*/
with used as (
    select distinct evidence.segment_id, evidence.enterprise_id, evidence.repo_id
    from core.segment_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where evidence.side = 'demand' and evidence.not_counted is null and not evidence.is_development
),
itself as (
    select distinct claim.segment_id, evidence.kind
    from core.platform_evidence as evidence
    join core.package_rule as claim on claim.package_key = evidence.object
    where evidence.shown_by = 'driver'
),
wanted as (
    select used.segment_id, matrix.*
    from used
    join mart.platform_matrix as matrix on matrix.repo_id = used.repo_id and matrix.is_domestic
    left join itself on itself.segment_id = used.segment_id and itself.kind = matrix.kind
    where itself.segment_id is null
    qualify row_number() over (
        partition by used.segment_id, matrix.enterprise_id, matrix.platform order by matrix.repo_id
    ) = 1
),
portable as (
    select distinct declared.repo_id
    from core.declared_package as declared
    join raw.scoring on scoring.name = 'data.portable.' || split_part(substr(declared.package_key, 5), '/', 1)
    where not declared.in_test_data and not declared.is_example and not declared.is_bundled
),
known as (
    select distinct shown.segment_id, shown.kind
    from mart.alternative_platform as shown
    left join portable on portable.repo_id = shown.repo_id
    where shown.basis = 'own repository'
        and (shown.is_domestic or (shown.kind = 'cpu' and portable.repo_id is null))
        and not (shown.kind = 'cpu' and portable.repo_id is not null)
),
unbuilt as (
    select distinct alternative.segment_id, built.platform
    from core.alternative
    join mart.component_platform as built on list_contains(alternative.packages, built.package_key)
    where alternative.is_open and not built.is_adapted
),
adapted as (
    select segment_id, platform, list_sort(list(alternative)) as alternatives
    from mart.alternative_platform
    group by segment_id, platform
)
select
    wanted.segment_id,
    wanted.enterprise_id,
    wanted.platform,
    wanted.kind,
    case
        when adapted.segment_id is not null then true
        when known.segment_id is not null or unbuilt.segment_id is not null then false
    end as is_adapted,
    coalesce(adapted.alternatives, []) as adapted_alternatives,
    wanted.repo_id,
    wanted.head_sha,
    wanted.path,
    wanted.line
from wanted
left join known on known.segment_id = wanted.segment_id and known.kind = wanted.kind
left join unbuilt on unbuilt.segment_id = wanted.segment_id and unbuilt.platform = wanted.platform
left join adapted on adapted.segment_id = wanted.segment_id and adapted.platform = wanted.platform
