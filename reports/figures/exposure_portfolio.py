"""Exposure of the whole portfolio: each enterprise's exposures by what has to be done when."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 30
PARTS = {"days_3": "red", "days_14": "vermilion", "days_60": "amber", "days_later": "grey"}

QUERY = """
select
    risk.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    count(*) as exposures,
    count(*) filter (where act_within_days = 3) as days_3,
    count(*) filter (where act_within_days = 14) as days_14,
    count(*) filter (where act_within_days = 60) as days_60,
    count(*) filter (where act_within_days is null) as days_later,
    count(distinct repo_id) as repositories,
    count(distinct package_key) as components,
    max(score) as risk_score
from mart.risk_score as risk
join core.enterprise as enterprise using (enterprise_id)
where not risk.suppressed
group by all
order by days_3 desc, days_14 desc, days_60 desc, exposures desc, risk.enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.exposure_portfolio.nothing"), None)
    shown = rows[:SHOWN]
    series = {
        words(f"figure.exposure_decisions.{part}"): ([row[part] for row in shown], role)
        for part, role in PARTS.items()
    }
    finding = words(
        "figure.exposure_portfolio.finding",
        enterprises=len(rows),
        urgent=sum(row["days_3"] > 0 for row in rows),
        first=words.name(rows[0]),
        exposures=rows[0]["exposures"],
    )
    chart = bars(
        [words.name(row) for row in shown],
        series,
        title=words("column.exposures"),
        targets=[("enterprise", row["enterprise_id"]) for row in shown],
    )
    return Drawing(finding, chart)


FIGURE = Figure("exposure_portfolio", "security", 4, QUERY, draw, robustness="judged")
