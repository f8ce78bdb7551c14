"""The upstreams where one contribution would count most for the region."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 15

QUERY = """
select
    place,
    upstream_repo_id,
    score,
    dependence,
    enterprises,
    contributor_absence_factor,
    response_hours,
    responsiveness,
    responsiveness_is_prior,
    criticality,
    times
from mart.giveback_opportunity
where enterprise_id is null
order by place nulls last, dependence desc, upstream_repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    placed = [row for row in rows if row["place"] is not None]
    if not placed:
        return Drawing(words("figure.giveback_opportunity.nothing", upstreams=len(rows)), None)
    finding = opportunity_finding("giveback_opportunity", placed, rows, words)
    shown = placed[:SHOWN]
    chart = bars(
        [row["upstream_repo_id"] for row in shown],
        {words("column.score"): ([row["score"] for row in shown], "blue")},
        title=words("column.score"),
    )
    return Drawing(finding, chart)


def opportunity_finding(figure: str, placed: Sequence[Row], rows: Sequence[Row], words: Words) -> str:
    """The first upstream of the order and what its place rests on, in a sentence."""
    first = placed[0]
    hours = first["response_hours"]
    known = (
        "finding"
        if hours is not None
        else "finding_prior"
        if first["responsiveness_is_prior"]
        else "finding_silent"
    )
    return words(
        f"figure.{figure}.{known}",
        upstream=first["upstream_repo_id"],
        share=f"{first['dependence']:.0%}",
        factor=first["contributor_absence_factor"],
        hours="–" if hours is None else round(hours),
        unplaced=len(rows) - len(placed),
    )


FIGURE = Figure("giveback_opportunity", "contribution", 3, QUERY, draw, robustness="judged")
