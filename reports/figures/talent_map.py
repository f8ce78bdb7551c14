"""Where people who commit in public are: language by employer."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words
from warehouse.people import FOLD, folded

SHOWN = 15

QUERY = f"""
select
    talent.skill as language,
    talent.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    talent.district,
    talent.park,
    {folded("sum(talent.people)")} as people,
    {folded("sum(talent.people) filter (where seniority = 'senior')")} as people_senior,
    {folded("sum(talent.people_core)")} as people_core,
    sum(talent.commits)::bigint as commits,
    any_value(case when region.people >= {FOLD} then region.people end)::bigint as people_region
from mart.talent_map as talent
left join raw.enterprise as enterprise using (enterprise_id)
join (
    select skill, sum(people) as people from mart.talent_map where skill_kind = 'language' group by skill
) as region on region.skill = talent.skill
where talent.skill_kind = 'language'
group by
    talent.skill, talent.enterprise_id, enterprise.name_zh, enterprise.name_en, talent.district,
    talent.park
order by people_region desc nulls last, talent.skill, commits desc, talent.enterprise_id nulls last
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.talent_map.nothing"), None)
    people = {row["language"]: row["people_region"] for row in rows}
    languages = list(people)
    finding = words(
        "figure.talent_map.finding",
        languages=len(languages),
        widest=languages[0],
        scarce=sum(count is None for count in people.values()),
    )
    shown = [language for language in languages if people[language] is not None][:SHOWN]
    if not shown:
        return Drawing(finding, None)
    chart = bars(
        shown,
        {words("column.people"): ([people[language] for language in shown], "blue")},
        title=words("column.people"),
    )
    return Drawing(finding, chart)


FIGURE = Figure("talent_map", "contribution", 5, QUERY, draw)
