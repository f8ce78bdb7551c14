"""Commits per year and employer, in repositories of one's own and of others."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
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

SERIES = ("blue", "amber", "teal", "plum", "sky", "vermilion")


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
    known = sorted(
        (name for name in totals if name != words("value.employer_unknown")), key=lambda name: -totals[name]
    )
    series = {
        name: (_by_year(rows, words, [name], years), role) for name, role in zip(known, SERIES, strict=False)
    }
    if others := known[len(SERIES) :]:
        series[words("value.others")] = (_by_year(rows, words, others, years), "pale")
    series[words("value.employer_unknown")] = (
        _by_year(rows, words, [words("value.employer_unknown")], years),
        "grey",
    )
    return Drawing(finding, columns(years, series, title=words("column.commits")))


def _employer(row: Row, words: Words) -> str:
    return words("value.employer_unknown") if row["enterprise_id"] is None else words.name(row)


def _by_year(rows: Sequence[Row], words: Words, names: Sequence[str], years: Sequence[int]) -> list[int]:
    commits = dict.fromkeys(years, 0)
    for row in rows:
        if _employer(row, words) in names:
            commits[row["year"]] += row["commits"] or 0
    return list(commits.values())


FIGURE = Figure("contribution_by_year", "contribution", 1, QUERY, draw)
