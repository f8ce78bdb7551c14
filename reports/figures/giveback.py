"""What enterprises take from observed upstreams against what they give back."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.theme import Chart
from warehouse.people import folded

QUERY = f"""
select
    ledger.enterprise_id,
    enterprise.name_zh,
    enterprise.name_en,
    ledger.upstream_repo_id,
    ledger.repositories_direct,
    ledger.repositories_transitive,
    ledger.dependence,
    {folded("ledger.people")} as people,
    ledger.criticality,
    ledger.commits,
    ledger.change_requests,
    ledger.reviews,
    ledger.issues,
    ledger.releases,
    ledger.contribution,
    ledger.contribution_rests_on,
    ledger.balance,
    ledger.trend,
    ledger.contributor_absence_factor,
    ledger.forge_covered_on,
    ledger.joined_by
from mart.giveback_ledger as ledger
join raw.enterprise as enterprise using (enterprise_id)
order by ledger.balance nulls last, ledger.enterprise_id, ledger.upstream_repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    used = [row for row in rows if row["dependence"]]
    if not used:
        return Drawing(words("figure.giveback.nothing"), None)
    known = [row for row in used if row["balance"] is not None]
    finding = words(
        "figure.giveback.finding",
        pairs=len(used),
        unknown=len(used) - len(known),
        silent=sum(row["contribution"] == 0 for row in known),
        fragile=sum(row["contribution"] == 0 and row["contributor_absence_factor"] == 1 for row in known),
        partly=sum(
            "issue" not in row["contribution_rests_on"] and row["forge_covered_on"] is None for row in known
        ),
    )
    if not known:
        return Drawing(finding, None)
    chart: Chart = {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [row["dependence"] for row in known],
                "y": [row["contribution"] for row in known],
                "marker": {
                    "size": 12,
                    "color": "$blue",
                    "opacity": 0.75,
                    "line": {"width": 1, "color": "$paper"},
                },
                "text": [label(f"{words.name(row)} → {row['upstream_repo_id']}", 80) for row in known],
                "customdata": [["→", "enterprise", row["enterprise_id"]] for row in known],
                "hovertemplate": "%{text}<br>%{x:.0%} / %{y:.0%}<extra></extra>",
            }
        ],
        "layout": {
            "height": 400,
            "xaxis": {"range": [0, 1.03], "tickformat": ".0%", "title": {"text": words("column.dependence")}},
            "yaxis": {
                "range": [-0.02, 1.03],
                "tickformat": ".0%",
                "title": {"text": words("column.contribution")},
            },
            "shapes": [
                {
                    "type": "line",
                    "x0": 0,
                    "y0": 0,
                    "x1": 1,
                    "y1": 1,
                    "line": {"dash": "dot", "color": "$grey"},
                }
            ],
            "annotations": [
                {
                    "x": 0.98,
                    "y": 0.03,
                    "xanchor": "right",
                    "showarrow": False,
                    "text": words("figure.giveback.takes"),
                    "font": {"color": "$quiet", "size": 12},
                },
                {
                    "x": 0.02,
                    "y": 0.97,
                    "xanchor": "left",
                    "showarrow": False,
                    "text": words("figure.giveback.gives"),
                    "font": {"color": "$quiet", "size": 12},
                },
            ],
        },
    }
    return Drawing(finding, chart)


FIGURE = Figure("giveback", "contribution", 3, QUERY, draw)
