"""Parks by chains: what each supplies."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import heat
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
    chart = heat(
        parks,
        chains,
        [[supply.get((park, chain)) for park in parks] for chain in chains],
        title=words("column.supply_total"),
    )
    return Drawing(finding, chart)


FIGURE = Figure("park_chain", "chain", 4, QUERY, draw)
