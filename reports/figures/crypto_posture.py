"""How the cryptography of each enterprise stands, under every policy."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

QUERY = """
select
    enterprise.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    posture.policy,
    posture.repositories_scanned,
    posture.repositories,
    posture.sites,
    posture.weak,
    posture.deprecated,
    posture.quantum_vulnerable,
    posture.post_quantum,
    posture.national,
    posture.international,
    posture.misuse,
    posture.next_deadline,
    posture.overdue,
    posture.national_standing
from mart.crypto_posture as posture
join core.enterprise as enterprise on enterprise.enterprise_id = posture.subject_id
where posture.subject_kind = 'enterprise' and enterprise.kind = 'enterprise'
order by posture.policy, posture.weak desc nulls last, posture.sites desc nulls last, enterprise.name_en
"""

SHOWN = 30
PARTS = {
    "weak": "red",
    "deprecated": "amber",
    "quantum_vulnerable": "plum",
    "national": "blue",
    "post_quantum": "teal",
}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    seen = [row for row in rows if row["sites"]]
    if not seen:
        return Drawing(words("figure.crypto_posture.nothing"), None)
    asked = [row for row in rows if row["national_standing"] is not None]
    finding = words(
        "figure.crypto_posture.finding",
        enterprises=len({row["enterprise_id"] for row in seen}),
        weak=len({row["enterprise_id"] for row in seen if row["weak"]}),
        conforming=sum(row["national_standing"] == "conforming" for row in asked),
        mixed=sum(row["national_standing"] == "mixed" for row in asked),
        absent=sum(row["national_standing"] == "absent" for row in asked),
    )
    choices = {}
    for policy in sorted({row["policy"] for row in seen}):
        shown = [row for row in seen if row["policy"] == policy][:SHOWN]
        name = words.code("policy", policy)
        choices[name] = bars(
            [words.name(row) for row in shown],
            {words(f"column.{part}"): ([row[part] for row in shown], role) for part, role in PARTS.items()},
            title=words("column.sites"),
            targets=[("enterprise", row["enterprise_id"]) for row in shown],
        )
    return Drawing(finding, None, choices)


FIGURE = Figure("crypto_posture", "crypto", 2, QUERY, draw)
