"""How critical the observed repositories are, and how active their communities, with what that rests on."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    health.repo_id,
    criticality.score as criticality,
    criticality.known_weight as criticality_known,
    criticality.unknown_signals,
    health.activity,
    health.openrank,
    health.activity_month,
    health.forge_covered_on
from mart.community_health as health
join mart.criticality as criticality using (repo_id)
order by criticality.score desc nulls last, health.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    known = [row for row in rows if row["criticality"] is not None]
    if not known:
        return Drawing(words("figure.criticality.nothing"), None)
    finding = words(
        "figure.criticality.finding",
        first=known[0]["repo_id"],
        score=f"{known[0]['criticality']:.2f}",
        share=f"{known[0]['criticality_known']:.0%}",
        known=len(known),
        active=sum(row["activity"] is not None for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("criticality", "contribution", 4, QUERY, draw)
