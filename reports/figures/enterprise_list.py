"""The enterprises of the region and the watched communities, by what can be seen of their standing."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    covered.enterprise_id,
    covered.kind as subject_kind,
    covered.district,
    covered.park,
    covered.repositories,
    covered.repositories_observed,
    covered.components,
    covered.exact_version_share,
    listed.segments_supplied,
    listed.supply_total,
    listed.segments_used,
    listed.reach_enterprises,
    listed.leads_chains,
    listed.packages as packages_declared,
    listed.repositories_alive,
    covered.can_affiliate
from mart.enterprise_coverage as covered
left join mart.plan_enterprise as listed using (enterprise_id)
order by covered.kind desc, listed.supply_total desc nulls last, listed.segments_supplied desc nulls last,
    covered.repositories desc, covered.enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    own = [row for row in rows if row["subject_kind"] == "enterprise"]
    finding = words(
        "figure.enterprise_list.finding",
        enterprises=len(own),
        observed=sum(bool(row["repositories_observed"]) for row in own),
        supplying=sum(bool(row["segments_supplied"]) for row in own),
        leading=sum(bool(row["leads_chains"]) for row in own),
    )
    return Drawing(finding, None)


FIGURE = Figure("enterprise_list", "enterprise_index", 1, QUERY, draw)
