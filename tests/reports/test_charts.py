"""Charts are valid plotly, in both modes, and rest on colour roles that both modes have."""

import duckdb
import pytest

from reports.drawing import draw_figure, plotly_figure, read_rows
from reports.errors import ReportError
from reports.figures import Figure, figures
from reports.theme import base_layout, theme, themed
from warehouse.store.database import open_published


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.name)
def test_figure_when_drawn_then_its_charts_are_valid_and_all_colour_roles_are_known(
    figure: Figure, hostile_published
) -> None:
    with open_published(hostile_published) as connection:
        made = draw_figure(connection, figure)
    for drawing in made.drawings.values():
        assert drawing.finding.strip()
        for chart in [drawing.chart, *drawing.choices.values()]:
            if chart is not None:
                for mode in ("light", "dark"):
                    assert '"$' not in plotly_figure(chart, mode).to_json()


def test_theme_when_compared_then_light_and_dark_have_the_same_roles() -> None:
    assert set(theme()["light"]) == set(theme()["dark"])
    assert set(theme()["series"]) < set(theme()["light"])


def test_themed_when_a_chart_has_a_second_axis_then_it_looks_like_the_first() -> None:
    made = themed({"data": [], "layout": {"xaxis2": {"domain": [0.5, 1]}, "xaxis": {"range": [0, 1]}}})
    assert made["layout"]["xaxis2"]["gridcolor"] == theme()["light"]["line"]
    assert made["layout"]["xaxis2"]["domain"] == [0.5, 1]
    assert made["layout"]["xaxis"]["range"] == [0, 1]
    assert base_layout()["xaxis"].get("range") is None


def test_figure_when_the_published_copy_lacks_its_table_then_the_error_says_what_to_do() -> None:
    with duckdb.connect() as con, pytest.raises(ReportError, match=r"another version.*`chainatlas run`"):
        read_rows(con, figures()[0])
