"""Commits per year and employer, in repositories of one's own and of others."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select
    contribution.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    contribution.year,
    {folded("contribution.people")} as people,
    contribution.commits,
    contribution.commits_upstream,
    contribution.repositories_upstream,
    contribution.added,
    contribution.deleted
from mart.contribution_by_enterprise as contribution
left join raw.enterprise as enterprise using (enterprise_id)
where contribution.year is not null
order by contribution.year, contribution.enterprise_id nulls last
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.contribution_by_year.nothing"), None)
    totals: dict[str, int] = {}
    for row in rows:
        name = _employer(row, words)
        totals[name] = totals.get(name, 0) + (row["commits"] or 0)
    total = sum(totals.values())
    unknown = sum(row["commits"] or 0 for row in rows if row["enterprise_id"] is None)
    finding = words(
        "figure.contribution_by_year.finding",
        commits=total,
        upstream=sum(row["commits_upstream"] or 0 for row in rows),
        unknown=100 * unknown / total if total else 0,
    )
    years = sorted({row["year"] for row in rows})
    bars = [
        go.Bar(name=label(name), x=years, y=_by_year(rows, words, name, years))
        for name in sorted(totals, key=lambda name: -totals[name])
    ]
    chart = go.Figure(bars)
    chart.update_layout(
        barmode="stack",
        height=420,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"dtick": 1, "title": words("column.year")},
        yaxis={"title": words("column.commits"), "automargin": True},
    )
    return Drawing(finding, chart)


def _employer(row: Row, words: Words) -> str:
    return words("value.employer_unknown") if row["enterprise_id"] is None else words.name(row)


def _by_year(rows: Sequence[Row], words: Words, name: str, years: Sequence[int]) -> list[int | None]:
    commits = {row["year"]: row["commits"] for row in rows if _employer(row, words) == name}
    return [commits.get(year) for year in years]


FIGURE = Figure("contribution_by_year", "contribution", 1, QUERY, draw)
