"""Figures that were entered and signed, beside what was observed."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select subject_kind, subject, name, value, unit, as_of, signed_by, source
from mart.entered_indicator
order by subject_kind, subject, name, as_of desc, signed_by
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.entered_indicator.nothing"), None)
    signed = len({row["signed_by"] for row in rows})
    return Drawing(words("figure.entered_indicator.finding", rows=len(rows), signed=signed), None)


FIGURE = Figure("entered_indicator", "coverage", 9, QUERY, draw)
