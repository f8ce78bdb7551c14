"""What a region's plan asks for, what answers it here, and what cannot be seen."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select name_zh, name_en, status as need_status, answer_rows, answered_by, cannot_see_zh, cannot_see_en
from mart.need_answer
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    finding = words(
        "figure.need_answer.finding",
        needs=len(rows),
        answered=sum(row["need_status"] == "answered" for row in rows),
        unseen=sum(row["need_status"] == "cannot be seen" for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("need_answer", "coverage", 8, QUERY, draw)
