"""What an enterprise takes from observed upstreams against what its people give back."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select enterprise_id, upstream_repo_id, upstream_owner, packages, repositories_direct,
    repositories_transitive, dependence,
    criticality, {folded("people")} as people, commits, change_requests, reviews, issues, releases,
    contribution, contribution_rests_on, balance, trend, contributor_absence_factor, forge_covered_on
from mart.giveback_ledger
order by enterprise_id, balance nulls last, upstream_repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_giveback.nothing"), None)
    used = [row for row in rows if row["dependence"]]
    silent = sum(row["contribution"] == 0 for row in used)
    unknown = sum(row["contribution"] is None for row in used)
    finding = words("figure.enterprise_giveback.finding", upstreams=len(used), silent=silent, unknown=unknown)
    return Drawing(finding, None)


FIGURE = Figure(
    "enterprise_giveback", "enterprise", 6, QUERY, draw, subject="enterprise_id", robustness="lower_bound"
)
