"""The look of charts: colour roles, fonts, and the layout that all charts share."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Chart = dict[str, Any]
"""A plotly figure as JSON: `data` and `layout`. A text `$role` stands for a colour of `theme.yaml`."""


@cache
def theme() -> Mapping[str, Any]:
    """`theme.yaml`: fonts, colour by role for light and dark, order of series."""
    text = files("reports").joinpath("theme.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def base_layout() -> Chart:
    """What every chart's layout begins with; its own entries come on top."""
    axis = {
        "gridcolor": "$line",
        "linecolor": "$line",
        "zerolinecolor": "$line",
        "tickcolor": "$line",
        "automargin": True,
        "title": {"font": {"size": 12, "color": "$quiet"}, "standoff": 8},
        "tickfont": {"size": 12},
    }
    return {
        "font": {"family": theme()["fonts"]["text"], "size": 13, "color": "$ink"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [f"${role}" for role in theme()["series"]],
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "xaxis": axis,
        "yaxis": axis,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.0,
            "yanchor": "bottom",
            "traceorder": "normal",
            "font": {"size": 12, "color": "$quiet"},
        },
        "hoverlabel": {
            "bgcolor": "$paper",
            "bordercolor": "$line",
            "font": {"color": "$ink", "size": 13},
            "align": "left",
        },
        "barcornerradius": 2,
        "bargap": 0.32,
        "dragmode": False,
    }


def themed(chart: Chart, mode: str = "light") -> Chart:
    """The chart on top of the shared layout with every `$role` as a colour of `mode`, ready for plotly."""
    own = chart.get("layout", {})
    base = base_layout()
    # further axes of a chart look like the first ones
    base |= {key: base[key[:5]] for key in own if key.startswith(("xaxis", "yaxis"))}
    layout = _merged(base, own)
    resolved: Chart = _resolved({**chart, "layout": layout}, theme()[mode])
    return resolved


def _merged(base: Any, own: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(own, Mapping)):
        return own
    return {key: _merged(base.get(key), own[key]) if key in own else base[key] for key in {**base, **own}}


def _resolved(value: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return colours.get(value[1:], value) if value.startswith("$") else value
    if isinstance(value, Mapping):
        return {key: _resolved(item, colours) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, colours) for item in value]
    return value
