"""The rows that a gap's numbers rest on, down to file and line or to the line of the taxonomy."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    gap.rank,
    segment.name_zh,
    segment.name_en,
    evidence.terms,
    evidence.enterprise_id,
    evidence.object,
    evidence.owner,
    evidence.weight,
    evidence.repo_id,
    evidence.path,
    evidence.line,
    evidence.head_sha,
    evidence.rule_source,
    count(*) over () as all_rows,
    count(distinct gap.rank) over () as all_segments
from mart.gap_evidence as evidence
join raw.segment as segment using (segment_id)
join mart.segment_gap as gap using (segment_id)
where evidence.person_id is null and gap.rank is not null
order by gap.rank, evidence.terms, evidence.weight desc, evidence.repo_id, evidence.object, evidence.path,
    evidence.line, evidence.owner, evidence.enterprise_id, evidence.rule_source
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    first = rows[0] if rows else {"all_rows": 0, "all_segments": 0}
    finding = words("figure.gap_evidence.finding", rows=first["all_rows"], segments=first["all_segments"])
    return Drawing(finding, None)


FIGURE = Figure(
    "gap_evidence", "chain", 13, QUERY, draw, hidden=frozenset({"all_rows", "all_segments"}), drawn_rows=1
)
