"""Where people who commit in public are: language by employer."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from warehouse.people import FOLD, folded

SHOWN = 15

QUERY = f"""
select
    talent.language,
    talent.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    talent.district,
    talent.park,
    {folded("sum(talent.people)")} as people,
    {folded("sum(talent.people) filter (where seniority = 'senior')")} as people_senior,
    sum(talent.commits)::bigint as commits,
    any_value(case when region.people >= {FOLD} then region.people end)::bigint as people_region
from mart.talent_map as talent
left join raw.enterprise as enterprise using (enterprise_id)
join (select language, sum(people) as people from mart.talent_map group by language) as region
    on region.language = talent.language
group by
    talent.language, talent.enterprise_id, enterprise.name_zh, enterprise.name_en, talent.district,
    talent.park
order by people_region desc nulls last, talent.language, commits desc, talent.enterprise_id nulls last
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
    shown = [language for language in languages if people[language] is not None][:SHOWN][::-1]
    if not shown:
        return Drawing(finding, None)
    chart = go.Figure(
        go.Bar(
            y=[label(language) for language in shown],
            x=[people[language] for language in shown],
            orientation="h",
            marker_color="#0b5cad",
        )
    )
    chart.update_layout(
        height=120 + 26 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"rangemode": "tozero", "title": words("column.people")},
        yaxis={"automargin": True},
    )
    return Drawing(finding, chart)


FIGURE = Figure("talent_map", "contribution", 5, QUERY, draw)
