"""What replaces what, by API, with the sites, files and repositories that hang on it."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    policy,
    coalesce(algorithm, family, protocol || coalesce(' ' || protocol_version, '')) as algorithm,
    library,
    api,
    replaced_by,
    hybrid,
    libraries,
    work,
    effort,
    points,
    sites,
    files,
    repositories,
    enterprises,
    blast_radius,
    disallowed_after,
    source,
    repo_id,
    path,
    line
from mart.crypto_migration
order by policy, disallowed_after nulls last, points desc, algorithm, library, api
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
    return Drawing(finding, None)


FIGURE = Figure("crypto_migration", "crypto", 3, QUERY, draw)
