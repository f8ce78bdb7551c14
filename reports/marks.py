"""The few kinds of charts that most figures are made of, as plotly JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.figures import label
from reports.theme import Chart

ROW = 26
"""Height of a bar with its gap, in pixels."""
_AROUND = 96


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
            "xaxis": {"title": {"text": title}, "rangemode": "tozero", **(axis or {})},
            "yaxis": named_axis(names, limit),
        },
    }


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
            "yaxis": {"title": {"text": title}, "rangemode": "tozero"},
        },
    }


def heat(
    across: Sequence[object], down: Sequence[object], values: Sequence[Sequence[Any]], *, title: str,
    texts: Sequence[Sequence[str]] | None = None, custom: Sequence[Sequence[Any]] | None = None,
) -> Chart:  # fmt: skip
    """A heat map; null stays empty, which is not the palest colour."""
    trace: Chart = {
        "type": "heatmap", "x": list(range(len(across))), "y": list(range(len(down))),
        "z": [list(row) for row in values], "xgap": 2, "ygap": 2,
        "colorscale": [[0, "$heat0"], [0.35, "$heat1"], [0.75, "$heat2"], [1, "$heat3"]],
        "colorbar": {"title": {"text": title, "side": "right"}, "thickness": 10, "outlinewidth": 0},
        "hovertemplate": "%{text}<extra></extra>" if texts else "%{z}<extra></extra>",
    }  # fmt: skip
    if texts:
        trace["text"] = [list(row) for row in texts]
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
            "yaxis": named_axis(down, 24),
        },
    }
