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
    evidence.head_sha,
    count(*) over () as all_rows,
    count(distinct evidence.segment_id) over () as all_segments
from core.segment_evidence as evidence
join raw.segment as segment using (segment_id)
where evidence.not_counted is null and not coalesce(evidence.is_development, false)
order by evidence.segment_id, evidence.side desc, evidence.weight desc, evidence.repo_id, evidence.object
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    first = rows[0] if rows else {"all_rows": 0, "all_segments": 0}
    finding = words("figure.segment_evidence.finding", rows=first["all_rows"], segments=first["all_segments"])
    return Drawing(finding, None)


FIGURE = Figure(
    "segment_evidence", "chain", 14, QUERY, draw, hidden=frozenset({"all_rows", "all_segments"}), drawn_rows=1
)
