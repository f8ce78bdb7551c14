"""The component versions that most stands on."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    purl,
    repositories,
    repositories_direct,
    repositories_transitive,
    repositories_inferred,
    enterprises,
    segments,
    segment_ids,
    dependents_direct,
    dependents,
    edges_known_share
from mart.component_blast_radius
where repositories > 0
order by enterprises desc, repositories desc, segments desc, dependents desc, purl
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.blast_radius.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.blast_radius.finding",
        package=first["purl"],
        repositories=first["repositories"],
        enterprises=first["enterprises"],
        segments=first["segments"],
        shared=sum(row["enterprises"] > 1 for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("blast_radius", "security", 5, QUERY, draw)
