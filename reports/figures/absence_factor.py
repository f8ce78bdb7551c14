"""How few people half of the work of a repository hangs on."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words
from warehouse.people import folded

SHOWN = 30

QUERY = f"""
select
    repo_id,
    enterprise_id,
    contributor_absence_factor,
    {folded("contributors")} as contributors,
    commits,
    commits_by_bots,
    is_shallow
from mart.contributor_absence_factor
where period = 'all'
order by contributor_absence_factor nulls last, commits desc, repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    known = [row for row in rows if row["contributor_absence_factor"] is not None]
    if not known:
        return Drawing(words("figure.absence_factor.nothing"), None)
    single = sum(row["contributor_absence_factor"] == 1 for row in known)
    finding = words("figure.absence_factor.finding", single=single, known=len(known), all=len(rows))
    shown = known[:SHOWN]
    chart = bars(
        [row["repo_id"] for row in shown],
        {
            words("column.contributor_absence_factor"): (
                [row["contributor_absence_factor"] for row in shown],
                "blue",
            )
        },
        title=words("column.contributor_absence_factor"),
        targets=[("enterprise", row["enterprise_id"]) for row in shown],
        axis={"dtick": 1} if shown[-1]["contributor_absence_factor"] < 12 else {},
    )
    return Drawing(finding, chart)


FIGURE = Figure("absence_factor", "contribution", 2, QUERY, draw)
