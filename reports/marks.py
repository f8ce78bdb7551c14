"""The few kinds of charts that most figures are made of, as plotly JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.figures import label
from reports.theme import Chart

ROW = 26
"""Height of a bar with its gap, in pixels."""
_AROUND = 96
_SMALL = 5
"""Counts up to here get an axis in steps of one."""


def bars(
    names: Sequence[object],
    series: Mapping[str, tuple[Sequence[Any], str]],
    *,
    title: str,
    targets: Sequence[tuple[str, object]] | None = None,
    limit: int = 44,
    stacked: bool = True,
    axis: Mapping[str, Any] | None = None,
) -> Chart:
    """Horizontal bars from top to bottom; `series` is values and colour role by name.

    `targets` are kind and id of the page that a bar opens, such as `("segment", "ai-cv")`.
    """
    places = list(range(len(names)))
    links = [["→", *target] for target in targets] if targets else None
    data = []
    for name, (values, colour) in series.items():
        trace: Chart = {
            "type": "bar", "orientation": "h", "name": label(name), "y": places, "x": list(values),
            "marker": {"color": f"${colour}"}, "hovertemplate": "%{x}<extra>%{fullData.name}</extra>",
        }  # fmt: skip
        if links:
            trace["customdata"] = links
        data.append(trace)
    return {
        "data": data,
        "layout": {
            "height": _AROUND + ROW * len(names),
            "barmode": "stack" if stacked else "group",
            "showlegend": len(series) > 1,
            "xaxis": {
                "title": {"text": title},
                "rangemode": "tozero",
                **_whole_steps([values for values, _ in series.values()]),
                **(axis or {}),
            },
            "yaxis": named_axis(names, limit),
        },
    }


def _whole_steps(series: Sequence[Sequence[Any]]) -> Chart:
    """Steps of one for an axis of small counts, which plotly would divide by two."""
    sums = [sum(value or 0 for value in values) for values in zip(*series, strict=True)]
    counted = all(isinstance(value, int) for values in series for value in values if value is not None)
    return {"dtick": 1} if counted and 0 < max(sums, default=0) <= _SMALL else {}


def named_axis(names: Sequence[object], limit: int = 44) -> Chart:
    """A vertical axis of names from top to bottom; equal names stay apart."""
    return {
        "tickvals": list(range(len(names))),
        "ticktext": [label(name, limit) for name in names],
        "range": [len(names) - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
    }


def columns(names: Sequence[object], series: Mapping[str, tuple[Sequence[Any], str]], *, title: str) -> Chart:
    """Vertical bars, stacked, for few categories or for time."""
    data = [
        {
            "type": "bar", "name": label(name), "x": [label(x) for x in names], "y": list(values),
            "marker": {"color": f"${colour}"}, "hovertemplate": "%{x}: %{y}<extra>%{fullData.name}</extra>",
        }
        for name, (values, colour) in series.items()
    ]  # fmt: skip
    return {
        "data": data,
        "layout": {
            "height": 320,
            "barmode": "stack",
            "showlegend": len(series) > 1,
            "xaxis": {"type": "category", "showgrid": False},
            "yaxis": {
                "title": {"text": title},
                "rangemode": "tozero",
                **_whole_steps([values for values, _ in series.values()]),
            },
        },
    }


def heat(
    across: Sequence[object], down: Sequence[object], values: Sequence[Sequence[Any]], *, title: str,
    texts: Sequence[Sequence[str]] | None = None, custom: Sequence[Sequence[Any]] | None = None,
    names: Sequence[Sequence[str]] | None = None,
) -> Chart:  # fmt: skip
    """A heat map; null stays empty, which is not the palest colour.

    `texts` are shown on hovering, `names` in the cells, `custom` says which page a cell opens.
    """
    trace: Chart = {
        "type": "heatmap", "x": list(range(len(across))), "y": list(range(len(down))),
        "z": [list(row) for row in values], "xgap": 2, "ygap": 2,
        "colorscale": [[0, "$heat0"], [0.35, "$heat1"], [0.75, "$heat2"], [1, "$heat3"]],
        "colorbar": {
            "title": {"text": title, "side": "right", "font": {"size": 12}}, "tickfont": {"size": 11},
            "thickness": 10, "outlinewidth": 0,
        },
        "hovertemplate": "%{hovertext}<extra></extra>" if texts else "%{z}<extra></extra>",
    }  # fmt: skip
    shown = [value for row in values for value in row if value is not None]
    if all(isinstance(value, int) for value in shown):
        if max(shown, default=0) == min(shown, default=0):
            trace["showscale"] = False
        elif max(shown) - min(shown) <= _SMALL:
            trace["colorbar"]["dtick"] = 1
    if texts:
        trace["hovertext"] = [list(row) for row in texts]
    if names:
        trace |= {"text": [list(row) for row in names], "texttemplate": "%{text}", "textfont": {"size": 10}}
    if custom:
        trace["customdata"] = [list(row) for row in custom]
    return {
        "data": [trace],
        "layout": {
            "height": 110 + ROW * len(down),
            "xaxis": {
                "tickvals": list(range(len(across))),
                "ticktext": [label(name, 16) for name in across],
                "side": "top",
                "showgrid": False,
            },
            "yaxis": named_axis(down, 36),
        },
    }


def points(
    groups: Mapping[str, tuple[Sequence[Mapping[str, Any]], str]], *, across: str, up: str,
    corners: Sequence[str], middle: tuple[float, float] = (0.5, 0.5), low: float = 0,
) -> Chart:  # fmt: skip
    """Points in four quadrants; `groups` is points and colour role by name.

    A point has `x`, `y`, `size` (0 to 1), `text`, `short` and `target` (kind and id of the page it opens).
    `corners` are texts for upper left, upper right, lower left, lower right; `middle` is where quadrants
    part, `low` where the upward axis begins.
    """
    data: list[Chart] = [
        {
            "type": "scatter", "mode": "markers+text", "name": label(name),
            "x": [point["x"] for point in members], "y": [point["y"] for point in members],
            "text": [label(point["short"], 14) for point in members],
            "hovertext": [label(point["text"], 160) for point in members], "hoverinfo": "text",
            "textposition": "top center", "textfont": {"size": 10, "color": "$quiet"}, "cliponaxis": False,
            "marker": {
                "color": f"${role}", "opacity": 0.85, "line": {"width": 1, "color": "$paper"},
                "size": [10 + 22 * point["size"] for point in members],
            },
            "customdata": [["→", *point["target"]] for point in members],
        }
        for name, (members, role) in groups.items()
        if members
    ]  # fmt: skip
    x, y = middle
    bottom, top = low - 0.06 * (1 - low), 1 + 0.14 * (1 - low)
    edge = {"type": "line", "line": {"color": "$grey", "width": 1, "dash": "dot"}}
    places = [
        (0, 1, "left", "top"),
        (1, 1, "right", "top"),
        (0, 0, "left", "bottom"),
        (1, 0, "right", "bottom"),
    ]
    notes = [
        {
            "xref": "paper", "yref": "paper", "x": left, "y": lower, "xanchor": across_anchor,
            "yanchor": up_anchor, "text": f"<b>{label(text)}</b>", "showarrow": False,
            "font": {"size": 11, "color": "$quiet"},
        }
        for text, (left, lower, across_anchor, up_anchor) in zip(corners, places, strict=True)
    ]  # fmt: skip
    return {
        "data": data,
        "layout": {
            "height": 520,
            "xaxis": {"title": {"text": across}, "range": [-0.06, 1.06], "zeroline": False},
            "yaxis": {"title": {"text": up}, "range": [bottom, top], "zeroline": False},
            "shapes": [
                {**edge, "x0": x, "x1": x, "y0": bottom, "y1": top},
                {**edge, "y0": y, "y1": y, "x0": -0.06, "x1": 1.06},
            ],
            "annotations": notes,
        },
    }


def sankey(
    flows: Sequence[tuple[tuple[int, str], tuple[int, str], float]],
    roles: Mapping[tuple[int, str], str],
    *,
    height: int,
) -> Chart:
    """Flows between nodes, each named by its column and its text; nodes without a role are blue."""
    nodes = list(dict.fromkeys(node for source, target, _ in flows for node in (source, target)))
    place = {node: number for number, node in enumerate(nodes)}
    return {
        "data": [
            {
                "type": "sankey", "arrangement": "snap", "orientation": "h",
                "node": {
                    "label": [label(name, 26) for _, name in nodes], "pad": 10, "thickness": 12,
                    "line": {"width": 0}, "color": [f"${roles.get(node, 'blue')}" for node in nodes],
                    "hovertemplate": "%{label}: %{value:.2f}<extra></extra>",
                },
                "link": {
                    "source": [place[source] for source, _, _ in flows],
                    "target": [place[target] for _, target, _ in flows],
                    "value": [value for _, _, value in flows],
                    "color": "rgba(130,145,155,.22)",
                    "hovertemplate": "%{source.label} → %{target.label}: %{value:.2f}<extra></extra>",
                },
                "textfont": {"size": 12},
            }
        ],
        "layout": {"height": height, "margin": {"l": 4, "r": 4, "t": 8, "b": 8}, "meta": {"wide": True}},
    }  # fmt: skip
