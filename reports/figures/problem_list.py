"""The gaps with what could close each: users, upstream, alternatives, candidates."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    problem.rank,
    segment.name_zh,
    segment.name_en,
    problem.verdict,
    problem.verdicts,
    problem.is_robust,
    problem.score,
    problem.user_ids,
    problem.dominant_owner,
    problem.alternative_names,
    problem.candidate_ids,
    problem.upstream_package,
    problem.segment_id
from mart.plan_problem as problem
join raw.segment as segment using (segment_id)
order by problem.rank
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    finding = words(
        "figure.problem_list.finding",
        problems=len(rows),
        candidates=sum(bool(row["candidate_ids"]) for row in rows),
        alternatives=sum(bool(row["alternative_names"]) for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("problem_list", "chain", 10, QUERY, draw)
