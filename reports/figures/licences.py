"""What is known of the licences of components, and where they conflict."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    repo_id,
    own_licences,
    components,
    known,
    unknown_share,
    permissive,
    weak_copyleft,
    strong_copyleft,
    network_copyleft,
    restricted,
    conflicts,
    checks
from mart.licence_coverage
order by conflicts desc nulls last, checks desc nulls last, components desc nulls last, repo_id
"""

PARTS = {
    "permissive": "sky",
    "weak_copyleft": "blue",
    "strong_copyleft": "amber",
    "network_copyleft": "vermilion",
    "restricted": "red",
}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    seen = [row for row in rows if row["components"]]
    if not seen:
        return Drawing(words("figure.licences.nothing"), None)
    total = sum(row["components"] for row in seen)
    finding = words(
        "figure.licences.finding",
        unknown=100 * (1 - sum(row["known"] for row in seen) / total),
        conflicts=sum(row["conflicts"] or 0 for row in seen),
        repositories=sum(bool(row["conflicts"]) for row in seen),
        undeclared=sum(not row["own_licences"] for row in seen),
    )
    shown = seen[:SHOWN]
    series = {words(f"column.{part}"): ([row[part] for row in shown], role) for part, role in PARTS.items()}
    series[words("value.unknown")] = ([row["components"] - row["known"] for row in shown], "grey")
    chart = bars([row["repo_id"] for row in shown], series, title=words("column.components"))
    return Drawing(finding, chart)


FIGURE = Figure("licences", "security", 7, QUERY, draw)
