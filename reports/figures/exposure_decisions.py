"""What has to be done about vulnerabilities by when: exposures by decision and severity."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words
from reports.theme import Chart

QUERY = """
select
    act_within_days,
    score as risk_score,
    severity,
    purl,
    group_id,
    repo_id,
    path,
    line,
    fixed_versions,
    in_kev,
    publicly_exposed,
    automatable,
    technical_impact,
    exploitation_factor,
    severity_factor,
    exposure_factor,
    reach_factor,
    blast_factor,
    assumed,
    vex_status,
    vex_justification,
    vex_expires,
    suppressed,
    counted.*
from mart.risk_score
cross join (
    select
        list({'act_within_days': act_within_days, 'severity': severity, 'exposures': exposures}) as counts,
        (select count(distinct repo_id) from mart.risk_score where not suppressed) as exposed_repositories
    from (
        select act_within_days, severity, count(*) as exposures
        from mart.risk_score
        where not suppressed
        group by all
    )
) as counted
order by suppressed, act_within_days nulls last, score desc, repo_id, path, purl, group_id
"""

DAYS = (3, 14, 60, None)
SEVERITIES = {"critical": "red", "high": "vermilion", "medium": "amber", "low": "sky", None: "grey"}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows or not rows[0]["counts"]:
        return Drawing(words("figure.exposure_decisions.nothing"), None)
    first = rows[0]
    counts = count_decisions(first["counts"])
    due = {days: sum(counts[days, severity] for severity in SEVERITIES) for days in DAYS}
    finding = words(
        "figure.exposure_decisions.finding",
        exposures=counts.total(),
        repositories=first["exposed_repositories"],
        three=due[3],
        fourteen=due[14],
        sixty=due[60],
        later=due[None],
        first=first["group_id"],
        package=first["purl"],
    )
    return Drawing(finding, decision_chart(counts, SEVERITIES, words))


def count_decisions(groups: Sequence[Row]) -> Counter[tuple[int | None, str | None]]:
    """Exposures by decision and severity as they are drawn, from counts by those of the warehouse."""
    counts: Counter[tuple[int | None, str | None]] = Counter()
    for group in groups:
        counts[group["act_within_days"], drawn_severity(group)] += group["exposures"]
    return counts


def decision_chart(
    counts: Mapping[tuple[int | None, str | None], int], severities: Iterable[str | None], words: Words
) -> Chart:
    """A column for each decision, parted by severity."""
    names = [words(f"figure.exposure_decisions.days_{days or 'later'}") for days in DAYS]
    series = {
        words(f"figure.exposure_decisions.{severity or 'unrated'}"): (
            [counts[days, severity] for days in DAYS],
            SEVERITIES[severity],
        )
        for severity in severities
    }
    return columns(names, series, title=words("column.exposures"))


def drawn_severity(row: Row) -> str | None:
    """The severity as a colour stands for it; `none` is drawn with what nobody rated."""
    severity: str | None = row["severity"]
    return severity if severity in SEVERITIES else None


FIGURE = Figure(
    "exposure_decisions", "security", 3, QUERY, draw, hidden=frozenset({"counts", "exposed_repositories"}),
    drawn_rows=1,
)  # fmt: skip
