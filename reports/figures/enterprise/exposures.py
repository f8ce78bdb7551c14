"""What an enterprise has to do about vulnerabilities by when."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.figures.exposure_decisions import DAYS, SEVERITIES
from reports.marks import columns
from reports.texts import Words

QUERY = """
select enterprise_id, act_within_days, score as risk_score, severity, purl, group_id, summary,
    fixed_versions, repo_id, path, line,
    in_kev, publicly_exposed, automatable, technical_impact, assumed,
    count(*) over (partition by enterprise_id) as exposures,
    count(*) filter (where act_within_days <= 14) over (partition by enterprise_id) as exposures_14
from mart.risk_score
where not suppressed
qualify row_number() over (partition by enterprise_id order by act_within_days nulls last, score desc,
    repo_id, path, purl,
    group_id) <= 300
order by enterprise_id, act_within_days nulls last, score desc, repo_id, path, purl, group_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_exposures.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.enterprise_exposures.finding",
        exposures=first["exposures"],
        urgent=first["exposures_14"],
        first=first["group_id"],
        package=first["purl"],
    )
    names = [words(f"figure.exposure_decisions.days_{days or 'later'}") for days in DAYS]
    counts = {
        severity: [
            sum(row["act_within_days"] == days and row["severity"] == severity for row in rows)
            for days in DAYS
        ]
        for severity in SEVERITIES
    }
    series = {
        words(f"figure.exposure_decisions.{severity or 'unrated'}"): (counts[severity], role)
        for severity, role in SEVERITIES.items()
        if any(counts[severity])
    }
    return Drawing(finding, columns(names, series, title=words("column.exposures")))


FIGURE = Figure(
    "enterprise_exposures", "enterprise", 1, QUERY, draw, subject="enterprise_id", robustness="judged",
    hidden=frozenset({"exposures", "exposures_14"}),
)  # fmt: skip
