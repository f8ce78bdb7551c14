"""What could replace what a segment rests on, and who adopted it here."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select segment_id, alternative, organization_id, organization_region, open_source, repository, status,
    adopters, adopter_ids,
    users_without, source as rule_source
from mart.plan_substitute
order by segment_id, adopters desc nulls last, open_source desc, alternative
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_alternatives.nothing"), None)
    adopted = sum((row["adopters"] or 0) > 0 for row in rows)
    return Drawing(
        words(
            "figure.segment_alternatives.finding",
            alternatives=len(rows),
            open=sum(bool(row["open_source"]) for row in rows),
            adopted=adopted,
        ),
        None,
    )


FIGURE = Figure(
    "segment_alternatives", "segment", 4, QUERY, draw, subject="segment_id", robustness="curated",
)  # fmt: skip
