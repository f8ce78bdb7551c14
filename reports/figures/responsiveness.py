"""How fast the communities of the observed repositories answer, and how they decide on change requests."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row, chosen
from reports.marks import bars
from reports.texts import Words

SHOWN = 30

QUERY = """
select
    repo_id,
    enterprise_id,
    issue_response_hours,
    issues_unanswered,
    change_request_response_hours,
    change_requests_unanswered,
    issue_resolution_days,
    closure_ratio,
    accepted_share,
    review_participation,
    forge_covered_on
from mart.community_health
order by change_request_response_hours desc nulls last, issue_response_hours desc nulls last, repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    read = [row for row in rows if row["forge_covered_on"] is not None]
    if not read:
        return Drawing(words("figure.responsiveness.nothing", all=len(rows)), None)
    answered = [row for row in read if row["change_request_response_hours"] is not None]
    finding = words(
        "figure.responsiveness.finding",
        read=len(read),
        all=len(rows),
        day=sum(row["change_request_response_hours"] <= 24 for row in answered),
        slow=sum(row["change_request_response_hours"] > 336 for row in answered),
        unanswered=sum((row["change_requests_unanswered"] or 0) > 0.5 for row in read),
    )
    charts = {}
    for name, colour in (("change_request_response_hours", "blue"), ("issue_response_hours", "teal")):
        known = sorted(
            ((row[name], place) for place, row in enumerate(read) if row[name] is not None), reverse=True
        )
        shown = [read[place] for _, place in known[:SHOWN]]
        if shown:
            charts[words(f"column.{name}")] = bars(
                [row["repo_id"] for row in shown],
                {words(f"column.{name}"): ([row[name] for row in shown], colour)},
                title=words("figure.responsiveness.axis"),
                targets=[("enterprise", row["enterprise_id"]) for row in shown],
            )
    return chosen(finding, charts)


FIGURE = Figure("responsiveness", "contribution", 4, QUERY, draw)
