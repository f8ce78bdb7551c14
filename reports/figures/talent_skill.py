"""People by segment of the industry chains and by technology, as counts; under five folded."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row, chosen, label
from reports.marks import bars
from reports.texts import Words
from warehouse.people import FOLD, folded

SHOWN = 20

QUERY = f"""
select
    talent.skill_kind,
    case when talent.skill_kind = 'segment' then talent.skill end as segment_id,
    segment.name_zh,
    segment.name_en,
    case when talent.skill_kind = 'technology' then talent.skill end as technology,
    {folded("sum(talent.people)")} as people,
    {folded("sum(talent.people) filter (where talent.seniority = 'senior')")} as people_senior,
    {folded("sum(talent.people_core)")} as people_core,
    count(distinct talent.enterprise_id) as enterprises,
    count(distinct talent.district) as districts,
    case when sum(talent.people) >= {FOLD} or (select value = 'true' from meta.parameter where name =
        'show_people')
        then sum(talent.people) end::bigint as people_shown
from mart.talent_map as talent
left join raw.segment as segment on talent.skill_kind = 'segment' and segment.segment_id = talent.skill
where talent.skill_kind <> 'language' and talent.enterprise_id is not null
group by talent.skill_kind, talent.skill, segment.name_zh, segment.name_en
order by talent.skill_kind, sum(talent.people) desc, talent.skill
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.talent_skill.nothing"), None)
    segments = [row for row in rows if row["segment_id"]]
    finding = words(
        "figure.talent_skill.finding",
        segments=len(segments),
        technologies=len(rows) - len(segments),
        folded=sum(row["people_shown"] is None for row in rows),
    )
    charts = {}
    for kind in ("segment", "technology"):
        shown = [row for row in rows if row["skill_kind"] == kind and row["people_shown"]][:SHOWN]
        if shown:
            charts[words(f"code.skill_kind.{kind}")] = bars(
                [words.name(row) or label(row["technology"] or row["segment_id"], 60) for row in shown],
                {words("column.people"): ([row["people_shown"] for row in shown], "blue")},
                title=words("column.people"),
            )
    return chosen(finding, charts)


FIGURE = Figure(
    "talent_skill", "contribution", 6, QUERY, draw, robustness="lower_bound",
    hidden=frozenset({"people_shown"}),
)  # fmt: skip
