"""What the region is, as far as it was seen."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    count(*) filter (where kind = 'enterprise') as enterprises,
    count(*) filter (where kind = 'enterprise' and repositories_observed > 0) as enterprises_observed,
    count(*) filter (where kind = 'community') as communities,
    sum(repositories)::bigint as repositories,
    sum(repositories_observed)::bigint as repositories_observed,
    sum(repositories_failed)::bigint as repositories_failed,
    (select count(*) from mart.component_use) as components,
    (select sum(commits)::bigint from mart.coverage) as commits
from mart.enterprise_coverage
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    return Drawing(words("figure.region.finding", **rows[0]), None)


FIGURE = Figure("region", "overview", 1, QUERY, draw)
