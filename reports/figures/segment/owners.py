"""On which upstream owners the use of a segment rests."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 12
FOREIGN = 0.5
GROUPS = {"home": "teal", "abroad": "plum", "unknown": "grey"}

QUERY = """
select owned.segment_id, owned.owner, organization.name_zh as owner_name_zh,
    organization.name_en as owner_name_en,
    organization.region as organization_region, owned.users, owned.share, owned.foreign_factor,
        owned.is_unattributed,
    concentration.hhi
from mart.segment_owner as owned
left join raw.organization as organization using (organization_id)
left join mart.segment_concentration as concentration using (segment_id)
order by owned.segment_id, owned.share desc, owned.owner
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_owners.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.segment_owners.finding",
        owners=len(rows),
        first=_name(first, words),
        share=100 * first["share"],
        hhi=first["hhi"],
        foreign=100 * sum(row["share"] * (row["foreign_factor"] or 0) for row in rows),
    )
    shown = rows[:SHOWN]
    series = {
        words(f"figure.segment_owners.{group}"): (
            [row["share"] if _group(row) == group else None for row in shown],
            role,
        )
        for group, role in GROUPS.items()
    }
    chart = bars(
        [_name(row, words) for row in shown], series, title=words("column.share"),
        axis={"tickformat": ".0%", "range": [0, 1]},
    )  # fmt: skip
    return Drawing(finding, chart)


def _name(row: Row, words: Words) -> str:
    """The organisation, or the package itself where its independent owners share one name."""
    _, _, package = row["owner"].partition(" ")
    return package or words.name(row, "owner_") or row["owner"]


def _group(row: Row) -> str:
    """From where the owner is; an owner of no known country is neither."""
    if row["is_unattributed"]:
        return "unknown"
    return "abroad" if (row["foreign_factor"] or 0) >= FOREIGN else "home"


FIGURE = Figure(
    "segment_owners", "segment", 6, QUERY, draw, subject="segment_id", robustness="counted",
    hidden=frozenset({"hhi", "owner_name_zh", "owner_name_en"}),
)  # fmt: skip
