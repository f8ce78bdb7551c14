"""What replaces what, by API, with the sites, files and repositories that hang on it."""

from collections import Counter
from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 20
SERIES = ("blue", "amber", "teal", "plum", "sky", "vermilion", "grey")

QUERY = """
select
    policy,
    coalesce(algorithm, family, protocol || coalesce(' ' || protocol_version, '')) as algorithm,
    api,
    replaced_by,
    hybrid,
    effort,
    points,
    sites,
    files,
    repositories,
    blast_radius,
    disallowed_after,
    repo_id,
    path,
    line
from mart.crypto_migration
order by policy, points desc, disallowed_after nulls last, algorithm, api
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.crypto_migration.nothing"), None)
    finding = words(
        "figure.crypto_migration.finding",
        rows=len(rows),
        policies=len({row["policy"] for row in rows}),
        due=sum(row["disallowed_after"] is not None for row in rows),
        large=sum(row["effort"] in ("large", "very large") for row in rows),
    )
    points: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        points[row["policy"], row["algorithm"] or "–", row["replaced_by"][0]] += row["points"]
    shown = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    series = {
        words.code("policy", policy): (
            [count if owner == policy else None for (owner, _, _), count in shown],
            role,
        )
        for policy, role in zip(sorted({row["policy"] for row in rows}), SERIES, strict=False)
    }
    chart = bars([f"{old} → {new}" for (_, old, new), _ in shown], series, title=words("column.points"))
    return Drawing(finding, chart)


FIGURE = Figure("crypto_migration", "crypto", 3, QUERY, draw)
