"""Packages that are used by domestic CPUs: of which ready-made builds exist and of which not (信创适配)."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

QUERY = """
select
    purl,
    platform,
    is_adapted,
    repositories,
    wanting,
    wanting_ids,
    object,
    repo_id,
    path,
    line
from mart.component_platform
where kind = 'cpu' and is_domestic
order by is_adapted, wanting desc, repositories desc, purl, platform
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_platform.nothing"), None)
    finding = words(
        "figure.component_platform.finding",
        components=len({row["purl"] for row in rows}),
        missing=len({row["purl"] for row in rows if not row["is_adapted"]}),
        wanted=len({row["purl"] for row in rows if row["wanting"]}),
    )
    platforms = sorted({row["platform"] for row in rows})
    series = {
        words(f"figure.component_platform.{name}"): (
            [
                sum(row["platform"] == platform and row["is_adapted"] == adapted for row in rows)
                for platform in platforms
            ],
            role,
        )
        for name, adapted, role in (("built", True, "blue"), ("missing", False, "vermilion"))
    }
    return Drawing(finding, bars(platforms, series, title=words("column.components")))


FIGURE = Figure("component_platform", "chain", 13, QUERY, draw)
