"""Vulnerabilities that repositories are exposed to: exploited ones first, then by severity."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    group_id,
    match_key,
    severity,
    cvss_score,
    kev_date,
    epss,
    count(distinct repo_id) as repositories,
    count(distinct enterprise_id) as enterprises,
    coalesce(list_sort(list(distinct version) filter (where version is not null)), []) as versions,
    coalesce(list_sort(list(distinct fixed) filter (where fixed is not null)), []) as fixed_versions,
    any_value(summary) as summary,
    any_value(advisory_count) as advisory_count
from (
    select *, unnest(case when len(fixed_versions) = 0 then [null] else fixed_versions end) as fixed
    from mart.vulnerability_exposure
    where status = 'affected' and not in_test_data and scope is distinct from 'excluded'
        and informational is null
)
cross join (select sum(records) as advisory_count from raw.advisory_source where kind = 'osv')
group by group_id, match_key, severity, cvss_score, kev_date, epss
order by kev_date is null, cvss_score desc nulls last, repositories desc, group_id, match_key
"""

SEVERITIES = {
    "critical": "red",
    "high": "vermilion",
    "medium": "amber",
    "low": "sky",
    "none": "pale",
    None: "grey",
}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.exposure.nothing"), None)
    exploited = [row for row in rows if row["kev_date"] is not None]
    finding = words(
        "figure.exposure.finding",
        vulnerabilities=len({row["group_id"] for row in rows}),
        exploited=len({row["group_id"] for row in exploited}),
        unrated=len({row["group_id"] for row in rows if row["severity"] is None}),
        first=rows[0]["group_id"],
        package=rows[0]["match_key"],
        repositories=rows[0]["repositories"],
        advisories=rows[0]["advisory_count"],
    )
    shown = rows[:SHOWN]
    series = {
        words(f"value.severity_{severity or 'unrated'}"): (
            [row["repositories"] if row["severity"] == severity else None for row in shown],
            colour,
        )
        for severity, colour in SEVERITIES.items()
        if any(row["severity"] == severity for row in shown)
    }
    names = [_name(row, words) for row in shown]
    axis = {"dtick": 1} if _few(shown) else {}
    return Drawing(finding, bars(names, series, title=words("column.repositories"), limit=60, axis=axis))


def _name(row: Row, words: Words) -> str:
    mark = f" {words('value.exploited')}" if row["kev_date"] is not None else ""
    return f"{row['group_id']} {row['match_key'].partition(':')[2]}{mark}"


def _few(rows: Sequence[Row]) -> bool:
    return all(row["repositories"] <= 10 for row in rows)


FIGURE = Figure("exposure", "security", 0, QUERY, draw, hidden=frozenset({"advisory_count"}))
