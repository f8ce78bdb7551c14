"""What one park needs and does not supply, and another supplies."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    pair.park,
    pair.supplier_park,
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    pair.segments,
    pair.segment_ids,
    pair.users,
    pair.suppliers
from mart.park_complement as pair
join raw.chain as chain using (chain_id)
order by pair.segments desc, pair.users desc, pair.park, pair.supplier_park, pair.chain_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.park_complement.nothing"), None)
    return Drawing(
        words(
            "figure.park_complement.finding",
            pairs=len({(row["park"], row["supplier_park"]) for row in rows}),
            segments=sum(row["segments"] for row in rows),
        ),
        None,
    )


FIGURE = Figure("park_complement", "chain", 15, QUERY, draw)
