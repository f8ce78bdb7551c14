"""Every row that a segment's numbers rest on, down to file and line."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select segment_id, terms, enterprise_id, object, owner, weight, repo_id, path, line, head_sha, rule_source
from mart.gap_evidence
where person_id is null
order by segment_id, terms, weight desc, repo_id, object, path, line, owner, enterprise_id, rule_source
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_rows.nothing"), None)
    return Drawing(
        words(
            "figure.segment_rows.finding",
            rows=len(rows),
            repositories=len({row["repo_id"] for row in rows if row["repo_id"]}),
        ),
        None,
    )


FIGURE = Figure(
    "segment_rows", "segment", 10, QUERY, draw, subject="segment_id", robustness="counted",
)  # fmt: skip
