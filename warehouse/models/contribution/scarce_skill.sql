/*
description: Segments of the industry chains for which fewer than three people of the region's enterprises can be seen.
grain: one per segment with fewer than three people
key: [segment_id]
columns:
  segment_id: segment
  people: people of the region's enterprises who work on it, 0 to 2
  people_unknown: people of unknown employer who do, in repositories of the region's enterprises
  people_senior: of the people, those active for five years and more
  users: enterprises here that use the segment; null where none of them could be read
  observability: how much a crawl of repositories can see of the segment
formula: mart.segment_talent with people < 3
source: scarce skills, as segments with fewer than three people; the talent measure of the segments
edge_cases:
  - A segment of which people cannot be told has no row, for unknown is not scarce.
  - With low observability few people are seen because little is public, and not because few are there.
  - How many there are is shown as fewer than five unless people may be shown; that they are fewer than three is what the row
    says.
*/
select
    talent.segment_id,
    talent.people,
    talent.people_unknown,
    cast(coalesce(senior.people, 0) as bigint) as people_senior,
    gap.users,
    segment.observability
from mart.segment_talent as talent
join raw.segment as segment on segment.segment_id = talent.segment_id
left join mart.segment_gap as gap on gap.segment_id = talent.segment_id
left join (
    select skill, sum(people) as people
    from mart.talent_map
    where skill_kind = 'segment' and seniority = 'senior' and enterprise_id is not null
    group by skill
) as senior on senior.skill = talent.segment_id
where talent.people < 3
