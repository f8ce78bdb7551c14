"""Exposure over time: when what is open today became publicly known."""

from collections import Counter
from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words

PARTS = {"critical": "red", "high": "vermilion", "medium": "amber", "other": "grey"}

QUERY = """
select
    date_trunc('month', published)::date as published_month,
    severity,
    count(*) as exposures,
    count(distinct group_id) as vulnerabilities,
    count(distinct repo_id) as repositories,
    (select value::date from meta.parameter where name = 'as_of') - min(published) as oldest_days
from mart.vulnerability_exposure
where status = 'affected' and not in_test_data and published is not null and informational is null
group by all
order by published_month desc, severity
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.exposure_age.nothing"), None)
    years = range(rows[-1]["published_month"].year, rows[0]["published_month"].year + 1)
    counts: Counter[tuple[int, str]] = Counter()
    for row in rows:
        part = row["severity"] if row["severity"] in PARTS else "other"
        counts[row["published_month"].year, part] += row["exposures"]
    total = sum(row["exposures"] for row in rows)
    old = sum(row["exposures"] for row in rows if row["oldest_days"] > 365)
    finding = words(
        "figure.exposure_age.finding", exposures=total, old=old, share=100 * old / total, since=years[0]
    )
    series = {
        words(f"figure.exposure_age.{part}"): ([counts[year, part] for year in years], role)
        for part, role in PARTS.items()
    }
    return Drawing(finding, columns(years, series, title=words("column.exposures")))


FIGURE = Figure("exposure_age", "security", 9, QUERY, draw, robustness="lower_bound")
