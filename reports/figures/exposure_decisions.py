"""What has to be done about vulnerabilities by when: exposures by decision and severity."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words

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
    suppressed
from mart.risk_score
order by suppressed, act_within_days nulls last, score desc, repo_id, path, purl, group_id
"""

DAYS = (3, 14, 60, None)
SEVERITIES = {"critical": "red", "high": "vermilion", "medium": "amber", "low": "sky", None: "grey"}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    open_rows = [row for row in rows if not row["suppressed"]]
    if not open_rows:
        return Drawing(words("figure.exposure_decisions.nothing"), None)
    counts = {days: [row for row in open_rows if row["act_within_days"] == days] for days in DAYS}
    first = open_rows[0]
    finding = words(
        "figure.exposure_decisions.finding",
        exposures=len(open_rows),
        repositories=len({row["repo_id"] for row in open_rows}),
        three=len(counts[3]),
        fourteen=len(counts[14]),
        sixty=len(counts[60]),
        later=len(counts[None]),
        first=first["group_id"],
        package=first["purl"],
    )
    names = [words(f"figure.exposure_decisions.days_{days or 'later'}") for days in DAYS]
    series = {
        words(f"figure.exposure_decisions.{severity or 'unrated'}"): (
            [sum(drawn_severity(row) == severity for row in counts[days]) for days in DAYS],
            colour,
        )
        for severity, colour in SEVERITIES.items()
    }
    return Drawing(finding, columns(names, series, title=words("column.exposures")))


def drawn_severity(row: Row) -> str | None:
    """The severity as a colour stands for it; `none` is drawn with what nobody rated."""
    severity: str | None = row["severity"]
    return severity if severity in SEVERITIES else None


FIGURE = Figure("exposure_decisions", "security", 3, QUERY, draw)
