"""What changed since the publication before: new and gone, better and worse."""

from collections import Counter
from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

PARTS = {"worse": "vermilion", "better": "teal", "new": "blue", "gone": "grey", "changed": "plum"}

QUERY = """
select
    kind as change_kind,
    change,
    case when subject_kind = 'enterprise' then subject_id end as enterprise_id,
    case when subject_kind = 'segment' then subject_id end as segment_id,
    case when subject_kind = 'component' then subject_id end as package_key,
    item,
    before as value_before,
    after as value_after,
    since
from meta.change_since
order by case change when 'worse' then 0 when 'better' then 1 when 'changed' then 2 else 3 end, kind,
    subject_id, item
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.change_since.nothing"), None)
    counts: Counter[tuple[str, str]] = Counter((row["change_kind"], row["change"]) for row in rows)
    finding = words(
        "figure.change_since.finding",
        all=len(rows),
        **{
            change: sum(row["change"] == change for row in rows)
            for change in ("worse", "better", "new", "gone")
        },
    )
    kinds = sorted({kind for kind, _ in counts}, key=lambda kind: -sum(counts[kind, part] for part in PARTS))
    series = {
        words(f"code.change.{part}"): ([counts[kind, part] for kind in kinds], role)
        for part, role in PARTS.items()
        if any(counts[kind, part] for kind in kinds)
    }
    names = [words(f"code.change_kind.{kind}") for kind in kinds]
    return Drawing(finding, bars(names, series, title=words("column.entries")))


FIGURE = Figure("change_since", "overview", 3, QUERY, draw)
