"""Blast-radius explorer: from a component version to what stands on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.theme import Chart

CHOICES, REPOSITORIES, SEGMENTS = 20, 24, 16

QUERY = f"""
with ranked as (
    select *, row_number() over (
        order by enterprises desc, repositories desc, segments desc, dependents desc, purl
    ) as place
    from mart.component_blast_radius
    where repositories > 0
),
reached as (
    select component.purl, component.repo_id, any_value(component.enterprise_id) as enterprise_id,
        bool_or(component.direct) as direct
    from core.component as component
    join ranked using (purl)
    where ranked.place <= {CHOICES} and not component.in_test_data and not component.is_own
    group by component.purl, component.repo_id
),
reached_list as (
    select
        purl,
        list(
            {{'repo_id': repo_id, 'direct': direct, 'enterprise_id': enterprise_id, 'name_zh': name_zh,
                'name_en': name_en}}
            order by repo_id
        ) as reached
    from reached
    left join raw.enterprise using (enterprise_id)
    group by purl
),
supplied_list as (
    select
        used.purl,
        list(
            {{'segment_id': segment_id, 'name_zh': name_zh, 'name_en': name_en, 'suppliers': suppliers}}
            order by segment_id
        ) as supplied
    from (select purl, unnest(segment_ids) as segment_id from ranked where place <= {CHOICES}) as used
    join raw.segment using (segment_id)
    left join (
        select segment_id, list(enterprise_id order by enterprise_id) as suppliers
        from mart.enterprise_segment where repositories_supplying > 0 group by segment_id
    ) using (segment_id)
    group by used.purl
)
select
    ranked.purl,
    ranked.repositories,
    ranked.repositories_direct,
    ranked.repositories_transitive,
    ranked.repositories_inferred,
    ranked.enterprises,
    ranked.segments,
    ranked.segment_ids,
    ranked.dependents_direct,
    ranked.dependents,
    ranked.edges_known_share,
    (
        select count(*) from mart.component_blast_radius where repositories > 0 and enterprises > 1
    ) as shared,
    reached_list.reached,
    supplied_list.supplied
from ranked
left join reached_list using (purl)
left join supplied_list using (purl)
order by ranked.place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.blast_radius.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.blast_radius.finding",
        package=first["purl"],
        repositories=first["repositories"],
        enterprises=first["enterprises"],
        segments=first["segments"],
        shared=first["shared"],
    )
    choices = {row["purl"]: _network(row, words) for row in rows if row["reached"]}
    return Drawing(finding, None, choices)


def _network(row: Row, words: Words) -> Chart:
    """Four columns from left to right: component, repositories, enterprises, segments that these supply."""
    reached = row["reached"][:REPOSITORIES]
    owners = {
        item["enterprise_id"] or "–": words.name(item) or item["enterprise_id"] or "–" for item in reached
    }
    segments = {item["segment_id"]: words.name(item) for item in (row["supplied"] or [])[:SEGMENTS]}
    others = row["repositories"] - len(reached)
    tallest = max(len(reached) + (others > 0), len(owners), len(segments), 1)

    def column(items: Sequence[Any], x: int) -> dict[Any, tuple[int, float]]:
        return {item: (x, (number + 0.5) * tallest / max(len(items), 1)) for number, item in enumerate(items)}

    repositories = column([*(item["repo_id"] for item in reached), *([None] if others > 0 else [])], 1)
    unnamed = {None: repositories.pop(None)} if others > 0 else {}
    enterprises, supplied = column(list(owners), 2), column(list(segments), 3)
    root = (0, tallest / 2)
    edges = {
        True: [(root, repositories[item["repo_id"]]) for item in reached if item["direct"]],
        False: [(root, repositories[item["repo_id"]]) for item in reached if not item["direct"]],
        None: [
            (repositories[item["repo_id"]], enterprises[item["enterprise_id"] or "–"]) for item in reached
        ],
    }
    edges[None] += [
        (enterprises[owner], supplied[item["segment_id"]])
        for item in (row["supplied"] or [])[:SEGMENTS]
        for owner in item["suppliers"] or ()
        if owner in enterprises
    ]
    data = [
        _edges(edges[True], "blue", 1.6, words("column.repositories_direct")),
        _edges(edges[False], "sky", 1.2, words("column.repositories_transitive")),
        _edges(edges[None], "line", 1.2, None),
        _nodes({row["purl"]: root}, {}, "vermilion", 20, "component"),
        _nodes(repositories, {}, "blue", 9, None),
        _nodes(unnamed, {None: words("figure.blast_radius.others", others=others)}, "grey", 9, None),
        _nodes(enterprises, owners, "teal", 13, "enterprise"),
        _nodes(supplied, segments, "amber", 11, "segment"),
    ]
    heads = ("purl", "repo_id", "enterprise_id", "segment_ids")
    notes = [
        {
            "x": x, "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False,
            "text": words(f"column.{name}"),
            "font": {"size": 12, "color": "$quiet"},
        }
        for x, name in enumerate(heads)
    ]  # fmt: skip
    axis = {"visible": False, "fixedrange": True}
    return {
        "data": data,
        "layout": {
            "height": 150 + 24 * tallest,
            "meta": {"wide": True},
            "margin": {"l": 8, "r": 8, "t": 44, "b": 8},
            "xaxis": {**axis, "range": [-0.45, 4]},
            "yaxis": {**axis, "range": [tallest + 0.2, -0.4]},
            "legend": {"y": -0.02, "yanchor": "top"},
            "annotations": notes,
        },
    }


def _edges(pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]], role: str, width: float,
           name: str | None) -> Chart:  # fmt: skip
    x: list[float | None] = []
    y: list[float | None] = []
    for (left, upper), (right, lower) in pairs:
        x += [left, (left + right) / 2, right, None]
        y += [upper, (upper + lower) / 2, lower, None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "name": name or "",
        "showlegend": bool(name), "line": {"color": f"${role}", "width": width},
    }  # fmt: skip


def _nodes(places: Mapping[Any, tuple[float, float]], names: Mapping[Any, str], role: str, size: int,
           kind: str | None) -> Chart:  # fmt: skip
    ids = list(places)
    return {
        "type": "scatter", "mode": "markers+text", "showlegend": False, "name": "",
        "x": [places[one][0] for one in ids], "y": [places[one][1] for one in ids],
        "text": [label(names.get(one, str(one).rpartition("/")[2]), 22) for one in ids],
        "textposition": "top right" if kind != "component" else "bottom center",
        "textfont": {"size": 11}, "cliponaxis": False,
        "hovertext": [label(names.get(one, one), 160) for one in ids], "hoverinfo": "text",
        "marker": {"color": f"${role}", "size": size, "line": {"width": 1, "color": "$paper"}},
        "customdata": [["→", kind, one] if kind else None for one in ids],
    }  # fmt: skip


FIGURE = Figure(
    "blast_radius",
    "security",
    6,
    QUERY,
    draw,
    robustness="lower_bound",
    hidden=frozenset({"shared", "reached", "supplied"}),
    drawn_rows=CHOICES,
)
