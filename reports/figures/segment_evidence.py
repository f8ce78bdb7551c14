"""The rows that demand and supply rest on, down to file and line."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    evidence.segment_id,
    segment.name_zh,
    segment.name_en,
    evidence.side,
    evidence.enterprise_id,
    evidence.repo_id,
    evidence.object,
    evidence.rule_id,
    evidence.weight,
    evidence.path,
    evidence.line,
    evidence.head_sha
from core.segment_evidence as evidence
join raw.segment as segment using (segment_id)
where evidence.not_counted is null and not coalesce(evidence.is_development, false)
order by evidence.segment_id, evidence.side desc, evidence.weight desc, evidence.repo_id, evidence.object
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    segments = len({row["segment_id"] for row in rows})
    return Drawing(words("figure.segment_evidence.finding", rows=len(rows), segments=segments), None)


FIGURE = Figure("segment_evidence", "chain", 14, QUERY, draw)
