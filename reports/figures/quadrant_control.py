"""Importance of the segments in use against how far they are in the home country's hands."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import points
from reports.quadrants import segment_points
from reports.texts import Words

LOW = 0.5
"""Under this share of domestic control a segment lies in others' hands."""

QUERY = """
select
    gap.segment_id,
    segment.name_zh,
    segment.name_en,
    gap.verdict,
    verdict.name_zh as verdict_name_zh,
    verdict.name_en as verdict_name_en,
    gap.importance,
    1 - gap."foreign" as control,
    gap.dominance,
    concentration.dominant_owner,
    gap.users,
    gap.observed
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
left join mart.segment_concentration as concentration using (segment_id)
left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as verdict
    on verdict.verdict_id = gap.verdict
where gap.users > 0 and gap."foreign" is not null
order by gap.importance desc, control, gap.users desc, gap.segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.quadrant_control.nothing"), None)
    middle = sorted(row["importance"] for row in rows)[len(rows) // 2]
    lowest = max(0.0, min(row["importance"] for row in rows) - 0.2)
    exposed = [row for row in rows if row["control"] < LOW and row["importance"] >= middle]
    finding = words(
        "figure.quadrant_control.finding",
        segments=len(rows),
        exposed=len(exposed),
        first=words.name(max(exposed or rows, key=lambda row: (row["users"], row["segment_id"]))),
    )
    chart = points(
        segment_points(rows, words, "control", "importance"),
        across=words("column.control"),
        up=words("column.importance"),
        corners=[words(f"figure.quadrant_control.{corner}") for corner in ("ul", "ur", "ll", "lr")],
        middle=(LOW, middle - 0.04),
        low=lowest,
    )
    return Drawing(finding, chart)


FIGURE = Figure("quadrant_control", "chain", 5, QUERY, draw, robustness="judged")
