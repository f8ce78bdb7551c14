"""Which segments a component shows, and what could replace it there."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select claimed.package_key, claimed.segment_id, substitute.alternative, substitute.organization_id,
    substitute.open_source,
    substitute.repository, substitute.adopters, substitute.adopter_ids, substitute.source as rule_source
from (select distinct rule.package_key, known.segment_id from core.package_rule as rule
    join raw.evidence_rule as known using (rule_id)) as claimed
left join mart.plan_substitute as substitute using (segment_id)
order by claimed.package_key, claimed.segment_id, substitute.adopters desc nulls last,
    substitute.alternative
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_segments.nothing"), None)
    segments = len({row["segment_id"] for row in rows})
    return Drawing(
        words(
            "figure.component_segments.finding",
            segments=segments,
            alternatives=sum(row["alternative"] is not None for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "component_segments", "component", 6, QUERY, draw, subject="package_key", robustness="curated",
)  # fmt: skip
