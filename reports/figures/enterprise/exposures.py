"""What an enterprise has to do about vulnerabilities by when."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.figures.exposure_decisions import DAYS, SEVERITIES, count_decisions, decision_chart
from reports.texts import Words

SHOWN = 300
"""Rows of the table; what is drawn and said is of all."""
URGENT = 14
"""Days."""

QUERY = f"""
select enterprise_id, act_within_days, score as risk_score, severity, purl, group_id, summary,
    fixed_versions, repo_id, path, line,
    in_kev, publicly_exposed, automatable, technical_impact, assumed,
    case place when 1 then counts end as counts
from (
    select *, row_number() over (
        partition by enterprise_id
        order by act_within_days nulls last, score desc, repo_id, path, purl, group_id
    ) as place
    from mart.risk_score
    where not suppressed
)
join (
    select enterprise_id,
        list({{'act_within_days': act_within_days, 'severity': severity, 'exposures': exposures}}) as counts
    from (
        select enterprise_id, act_within_days, severity, count(*) as exposures
        from mart.risk_score
        where not suppressed
        group by all
    )
    group by enterprise_id
) using (enterprise_id)
where place <= {SHOWN}
order by enterprise_id, place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_exposures.nothing"), None)
    first = rows[0]
    counts = count_decisions(first["counts"])
    finding = words(
        "figure.enterprise_exposures.finding",
        exposures=counts.total(),
        urgent=sum(count for (days, _), count in counts.items() if days is not None and days <= URGENT),
        first=first["group_id"],
        package=first["purl"],
    )
    there = [severity for severity in SEVERITIES if any(counts[days, severity] for days in DAYS)]
    return Drawing(finding, decision_chart(counts, there, words))


FIGURE = Figure(
    "enterprise_exposures", "enterprise", 1, QUERY, draw, subject="enterprise_id", robustness="judged",
    hidden=frozenset({"counts"}),
)  # fmt: skip
