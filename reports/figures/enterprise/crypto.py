"""How the cryptography of an enterprise stands under each policy."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.figures.crypto_posture import PARTS
from reports.marks import bars
from reports.texts import Words

QUERY = """
select subject_id as enterprise_id, policy, sites, weak, deprecated, quantum_vulnerable, post_quantum,
    national, international,
    misuse, next_deadline, overdue, national_standing, repositories_scanned, repositories
from mart.crypto_posture
where subject_kind = 'enterprise'
order by enterprise_id, policy
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_crypto.nothing"), None)
    sites = max((row["sites"] or 0) for row in rows)
    if not sites:
        return Drawing(words("figure.enterprise_crypto.nothing"), None)
    worst = max(rows, key=lambda row: row["weak"] or 0)
    finding = words(
        "figure.enterprise_crypto.finding",
        sites=sites,
        weak=worst["weak"] or 0,
        quantum=max(row["quantum_vulnerable"] or 0 for row in rows),
        national=max(row["national"] or 0 for row in rows),
    )
    names = [words.code("policy", row["policy"]) for row in rows]
    series = {words(f"column.{part}"): ([row[part] for row in rows], role) for part, role in PARTS.items()}
    return Drawing(finding, bars(names, series, title=words("column.sites")))


FIGURE = Figure(
    "enterprise_crypto", "enterprise", 3, QUERY, draw, subject="enterprise_id", robustness="judged",
)  # fmt: skip
