"""Segments for which fewer than three people of the region can be seen."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select
    scarce.segment_id,
    segment.name_zh,
    segment.name_en,
    scarce.users,
    {folded("scarce.people")} as people,
    {folded("scarce.people_unknown")} as people_unknown,
    scarce.observability
from mart.scarce_skill as scarce
join raw.segment as segment using (segment_id)
order by scarce.users desc nulls last, scarce.segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.scarce_skill.nothing"), None)
    used = [row for row in rows if row["users"]]
    key = "figure.scarce_skill.finding" if used else "figure.scarce_skill.unused"
    first = words.name(used[0]) or used[0]["segment_id"] if used else ""
    return Drawing(words(key, segments=len(rows), used=len(used), first=first), None)


FIGURE = Figure("scarce_skill", "contribution", 7, QUERY, draw, robustness="lower_bound")
