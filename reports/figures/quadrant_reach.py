"""Gaps against how near they are to what enterprises here already supply: which frontier is within reach."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import points
from reports.quadrants import segment_points
from reports.texts import Words

GAP = 50.0
"""From this score on a segment counts as a gap."""

QUERY = """
select
    gap.segment_id,
    segment.name_zh,
    segment.name_en,
    gap.verdict,
    verdict.name_zh as verdict_name_zh,
    verdict.name_en as verdict_name_en,
    gap.score,
    near.density,
    near.enterprise_id,
    gap.users,
    gap.observed
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
join (
    select segment_id, max(density) as density, arg_max(enterprise_id, density) as enterprise_id
    from mart.segment_relatedness
    where density is not null
    group by segment_id
) as near using (segment_id)
left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as verdict
    on verdict.verdict_id = gap.verdict
where gap.score is not null
order by gap.score desc, near.density desc, gap.segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.quadrant_reach.nothing"), None)
    middle = sorted(row["density"] for row in rows)[len(rows) // 2]
    near = [row for row in rows if row["score"] >= GAP and row["density"] >= middle]
    first = words.name(near[0]) if near else "–"
    finding = words("figure.quadrant_reach.finding", segments=len(rows), near=len(near), first=first)
    scaled = [{**row, "gap": row["score"] / 100} for row in rows]
    chart = points(
        segment_points(scaled, words, "density", "gap"),
        across=words("column.density"),
        up=words("column.gap"),
        corners=[words(f"figure.quadrant_reach.{corner}") for corner in ("ul", "ur", "ll", "lr")],
        middle=(middle, GAP / 100),
    )
    chart["layout"]["yaxis"]["tickformat"] = ".0%"
    return Drawing(finding, chart)


FIGURE = Figure("quadrant_reach", "chain", 6, QUERY, draw, robustness="judged")
