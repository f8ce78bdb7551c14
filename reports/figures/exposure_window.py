"""How long vulnerabilities stay once they are known, as the scanned snapshots of earlier commits tell."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words

PARTS = {"entered": "vermilion", "left": "teal"}

QUERY = """
select enterprise_id, repo_id, package_key, group_id, severity, versions, entered_day, began_earlier,
    left_day, published,
    days, days_known, paths
from mart.exposure_window
order by left_day is null desc, days_known desc nulls last, repo_id, package_key, group_id, entered_day
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.exposure_window.nothing"), None)
    known = sorted(row["days_known"] for row in rows if row["left_day"] and row["days_known"] is not None)
    finding = words(
        "figure.exposure_window.finding",
        windows=len(rows),
        still=sum(row["left_day"] is None for row in rows),
        median=known[len(known) // 2] if known else "–",
    )
    days = [row["entered_day"] for row in rows] + [row["left_day"] for row in rows if row["left_day"]]
    years = range(min(days).year, max(days).year + 1)
    entered = [sum(row["entered_day"].year == year for row in rows) for year in years]
    left = [
        sum(row["left_day"] is not None and row["left_day"].year == year for row in rows) for year in years
    ]
    series = {
        words(f"figure.exposure_window.{part}"): (values, role)
        for (part, role), values in zip(PARTS.items(), (entered, [-count for count in left]), strict=True)
    }
    chart = columns(years, series, title=words("column.exposures"))
    chart["layout"]["barmode"] = "relative"
    return Drawing(finding, chart)


FIGURE = Figure("exposure_window", "security", 10, QUERY, draw, robustness="lower_bound")
