"""Components of which many versions are in use at once: each is an upgrade of its own."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select package_key, version_count, versions, repositories, enterprises
from mart.component_use
where version_count > 1 and repositories > 1
order by version_count desc, repositories desc, package_key
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.version_spread.nothing"), None)
    first = rows[0]
    places = {"components": len(rows), "package": first["package_key"], "versions": first["version_count"]}
    return Drawing(words("figure.version_spread.finding", **places), None)


FIGURE = Figure("version_spread", "component_index", 2, QUERY, draw)
