"""Talent by district and skill: how many people work in which language where, under five folded."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import heat
from reports.texts import Words
from warehouse.people import FOLD, folded

LANGUAGES = 20

QUERY = f"""
select
    coalesce(district, '–') as district,
    skill as language,
    {folded("sum(people)")} as people,
    case when sum(people) >= {FOLD} or (select value = 'true' from meta.parameter where name =
        'show_people')
        then sum(people) end::bigint as people_shown,
    sum(commits)::bigint as commits,
    count(distinct enterprise_id) as enterprises
from mart.talent_map
where enterprise_id is not null and skill_kind = 'language'
group by district, skill
order by sum(commits) desc, district, skill
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.talent_district.nothing"), None)
    languages = list(dict.fromkeys(row["language"] for row in rows))[:LANGUAGES]
    districts = sorted({row["district"] for row in rows})
    cells = {(row["district"], row["language"]): row for row in rows}
    finding = words(
        "figure.talent_district.finding",
        districts=len(districts),
        languages=len({row["language"] for row in rows}),
        folded=sum(row["people_shown"] is None for row in rows),
        cells=len(rows),
    )

    def value(district: str, language: str) -> int | None:
        """People, or 1 for a folded group, which is drawn palest and said as under five."""
        row = cells.get((district, language))
        return None if row is None else row["people_shown"] or 1

    def text(district: str, language: str) -> str:
        row = cells.get((district, language))
        return (
            ""
            if row is None
            else words("figure.talent_district.cell", people=row["people"].replace("<", "&lt;"))
        )

    chart = heat(
        districts,
        languages,
        [[value(district, language) for district in districts] for language in languages],
        title=words("column.people"),
        texts=[[text(district, language) for district in districts] for language in languages],
    )
    return Drawing(finding, chart)


FIGURE = Figure(
    "talent_district", "contribution", 6, QUERY, draw, robustness="lower_bound",
    hidden=frozenset({"people_shown"}),
)  # fmt: skip
