"""How far each version of a component reaches."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select package_key, purl, repositories, repositories_direct, repositories_transitive,
    repositories_inferred, enterprises, segments,
    segment_ids, dependents, edges_known_share
from mart.component_blast_radius
order by package_key, repositories desc, purl
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_versions.nothing"), None)
    return Drawing(
        words(
            "figure.component_versions.finding",
            versions=len(rows),
            widest=rows[0]["purl"],
            repositories=rows[0]["repositories"],
        ),
        None,
    )


FIGURE = Figure(
    "component_versions", "component", 2, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
