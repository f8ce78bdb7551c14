"""Parks by chains: what each supplies."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

QUERY = """
select
    park_chain.park,
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    park_chain.enterprises,
    park_chain.observed,
    park_chain.users,
    park_chain.suppliers,
    park_chain.demand,
    park_chain.supply_total,
    park_chain.specialisation
from mart.park_chain
join raw.chain as chain using (chain_id)
where park_chain.users > 0 or park_chain.suppliers > 0
order by park_chain.park, park_chain.chain_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.park_chain.nothing"), None)
    parks = sorted({row["park"] for row in rows})
    chains = sorted({words.name(row, "chain_") for row in rows})
    supply = {(row["park"], words.name(row, "chain_")): row["supply_total"] for row in rows}
    finding = words(
        "figure.park_chain.finding",
        parks=len(parks),
        chains=len(chains),
        alone=sum(sum((supply.get((park, chain)) or 0) > 0 for park in parks) == 1 for chain in chains),
    )
    chart = go.Figure(
        go.Heatmap(
            x=[label(park, 24) for park in parks],
            y=[label(chain, 24) for chain in chains],
            z=[[supply.get((park, chain)) for park in parks] for chain in chains],
            colorscale="Blues",
            colorbar={"title": {"text": words("column.supply_total")}},
        )
    )
    chart.update_layout(
        height=140 + 26 * len(chains),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        yaxis={"automargin": True},
    )
    return Drawing(finding, chart)


FIGURE = Figure("park_chain", "chain", 7, QUERY, draw)
