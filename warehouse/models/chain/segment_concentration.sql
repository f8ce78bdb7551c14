/*
description: On how few upstream owners, and how foreign ones, the region's use of a segment rests.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  owners: upstream owners in use
  hhi: Herfindahl-Hirschman index of the owners' shares, 0 to 1; null if nothing is used
  foreign: F, share that hangs on other countries, 0 to 1; null likewise, or without a home country
  dominance: M, the largest share of an owner with f ≥ 0.5, 0 if there is none; null likewise
  dominant_owner: that owner; null if there is none
  unknown_share: share of owners of no known country, counted as half foreign; null if nothing is used
formula: HHI = Σσ², F = Σσ·f, M = max σ where f ≥ 0.5
source: Herfindahl-Hirschman index; foreign factors of the segment measures
edge_cases:
  - One owner gives HHI = 1 however many of its packages are in use.
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.dominant') as dominant
    from raw.scoring
),
measured as (
    select
        segment_id,
        count(*) as owners,
        cast(sum(cast(share * share as decimal(38, 18))) as double) as hhi,
        case
            when count(foreign_factor) = count(*)
                then cast(sum(cast(share * foreign_factor as decimal(38, 18))) as double)
        end as foreign_share,
        case
            when count(foreign_factor) = count(*)
                then coalesce(max(share) filter (where foreign_factor >= bound.dominant), 0)
        end as dominance,
        min({'rank': -share, 'owner': owner}) filter (where foreign_factor >= bound.dominant) as dominant,
        coalesce(cast(sum(cast(share as decimal(38, 18))) filter (where is_unattributed) as double), 0) as unknown_share
    from mart.segment_owner
    cross join bound
    group by segment_id
)
select
    segment.segment_id,
    coalesce(measured.owners, 0) as owners,
    measured.hhi,
    measured.foreign_share as "foreign",
    measured.dominance,
    measured.dominant['owner'] as dominant_owner,
    measured.unknown_share
from raw.segment
left join measured on measured.segment_id = segment.segment_id
