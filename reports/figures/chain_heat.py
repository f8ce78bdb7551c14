"""Gap scores as a heat map: chains by their segments, from upstream to downstream."""

from collections.abc import Callable, Sequence
from typing import Any

from reports.figures import Drawing, Figure, Row, label
from reports.marks import heat
from reports.texts import Words

QUERY = """
select
    chain.chain_id,
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    segment.segment_id,
    segment.name_zh,
    segment.name_en,
    segment.layer,
    gap.verdict,
    gap.score,
    gap.users,
    row_number() over (
        partition by gap.chain_id
        order by case segment.layer when 'upstream' then 0 when 'midstream' then 1 else 2 end,
            segment.segment_id
    ) as place
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
join raw.chain as chain on chain.chain_id = gap.chain_id
order by gap.chain_id, place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    used = [row for row in rows if row["users"] and row["score"] is not None]
    if not used:
        return Drawing(words("figure.chain_heat.nothing"), None)
    chains: dict[str, list[Row]] = {}
    for row in rows:
        chains.setdefault(row["chain_id"], []).append(row)
    means = {
        chain: sum(row["score"] for row in members) / len(members)
        for chain in chains
        if (members := [row for row in used if row["chain_id"] == chain])
    }
    worst = max(means, key=lambda chain: means[chain])
    width = max(map(len, chains.values()))

    def filled(members: list[Row], value: Callable[[Row], Any], empty: Any) -> list[Any]:
        return [value(row) for row in members] + [empty] * (width - len(members))

    chart = heat(
        [""] * width,
        [words.name(members[0], "chain_") for members in chains.values()],
        [filled(m, lambda row: row["score"] if row["users"] else None, None) for m in chains.values()],
        title=words("column.score"),
        names=[filled(m, lambda row: label(words.name(row), 7), "") for m in chains.values()],
        texts=[filled(m, lambda row: _hover(row, words), "") for m in chains.values()],
        custom=[filled(m, lambda row: ["→", "segment", row["segment_id"]], None) for m in chains.values()],
    )
    idle = [filled(m, lambda row: None if row["users"] else 1, None) for m in chains.values()]
    chart["data"].insert(
        0, {**chart["data"][0], "z": idle, "colorscale": [[0, "$raised"], [1, "$raised"]], "showscale": False}
    )
    finding = words(
        "figure.chain_heat.finding",
        chain=words.name(chains[worst][0], "chain_"),
        mean=means[worst],
        used=len(used),
        chains=len(means),
    )
    return Drawing(finding, chart)


def _hover(row: Row, words: Words) -> str:
    score = "–" if row["score"] is None else f"{row['score']:.1f}"
    return f"{label(words.name(row), 60)}: {score}"


FIGURE = Figure("chain_heat", "chain", 3, QUERY, draw, robustness="sampled", hidden=frozenset({"place"}))
