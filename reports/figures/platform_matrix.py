"""Repositories by platforms: for what each builds or ships (信创适配)."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import heat
from reports.texts import Words

SHOWN = 40

QUERY = """
select
    repo_id,
    enterprise_id,
    platform,
    kind as platform_kind,
    is_domestic,
    places,
    shown_by,
    path,
    line
from mart.platform_matrix
order by enterprise_id, repo_id, kind, platform
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.platform_matrix.nothing"), None)
    domestic = {row["platform"] for row in rows if row["is_domestic"]}
    finding = words(
        "figure.platform_matrix.finding",
        repositories=len({row["repo_id"] for row in rows}),
        platforms=len({row["platform"] for row in rows}),
        domestic=len(domestic),
        adapted=len({row["enterprise_id"] for row in rows if row["is_domestic"]}),
    )
    repositories = list(dict.fromkeys(row["repo_id"] for row in rows))[:SHOWN]
    platforms = list(
        dict.fromkeys(row["platform"] for row in sorted(rows, key=lambda row: row["platform_kind"]))
    )
    places = {(row["repo_id"], row["platform"]): row["places"] for row in rows}
    chart = heat(
        platforms,
        repositories,
        [[places.get((repository, platform)) for platform in platforms] for repository in repositories],
        title=words("column.places"),
    )
    return Drawing(finding, chart)


FIGURE = Figure("platform_matrix", "chain", 12, QUERY, draw)
