"""What the region is, as far as it was seen."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select
    count(*) filter (where kind = 'enterprise' and repositories_observed > 0) as enterprises_observed,
    count(*) filter (where kind = 'enterprise') as enterprises,
    count(*) filter (where kind = 'community') as communities,
    coalesce(sum(repositories_observed), 0)::bigint as repositories_observed,
    coalesce(sum(repositories), 0)::bigint as repositories,
    coalesce(sum(repositories_failed), 0)::bigint as repositories_failed,
    (select count(*) from mart.component_use) as components,
    (select count(*) from mart.segment_demand where users > 0) as segments_used,
    (select count(*) from mart.segment_demand) as segments,
    (
        select {folded("count(distinct person_id)")} from core.commit
        where not is_bot and authored_on > (select value::date - 365 from meta.parameter where name =
            'as_of')
    ) as people,
    coalesce((select sum(commits) from mart.coverage), 0)::bigint as commits
from mart.enterprise_coverage
"""

TILES = (
    ("enterprises_observed", "enterprises"),
    ("repositories_observed", "repositories"),
    ("components", None),
    ("segments_used", "segments"),
    ("people", None),
    ("commits", None),
)
"""What is shown large, and the whole that it is a part of."""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    return Drawing(words("figure.region.finding", **rows[0]), None)


def tiles(rows: Sequence[Row]) -> list[tuple[str, object, object]]:
    """Name of the column, value, whole."""
    return [(name, rows[0][name], rows[0][of] if of else None) for name, of in TILES]


FIGURE = Figure("region", "overview", 1, QUERY, draw, view="tiles")
