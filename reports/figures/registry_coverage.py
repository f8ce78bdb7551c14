"""Of how many packages a registry was asked, and what it said."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    type,
    packages as packages_used,
    read,
    absent,
    failed,
    not_asked,
    read_share,
    with_licence,
    with_source,
    with_maintainers,
    oldest_read_on
from mart.registry_coverage
order by packages desc, type
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    packages = sum(row["packages_used"] for row in rows)
    read = sum(row["read"] for row in rows)
    if not read:
        return Drawing(words("figure.registry_coverage.nothing", packages=packages), None)
    finding = words(
        "figure.registry_coverage.finding",
        read=read,
        packages=packages,
        share=100 * read / packages,
        absent=sum(row["absent"] for row in rows),
        failed=sum(row["failed"] for row in rows),
        not_asked=sum(row["not_asked"] for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("registry_coverage", "coverage", 3, QUERY, draw)
