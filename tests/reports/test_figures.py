"""What figures say is true of all that they are asked about, also where the table beside them is cut."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml
from duckdb import DuckDBPyConnection

from reports.columns import Column
from reports.drawing import draw_figure
from reports.figures import figure_named
from reports.figures.enterprise import algorithms, exposures
from reports.quadrants import segment_points
from reports.site.bundle import style_sheet
from reports.site.cells import in_words
from reports.texts import Words
from reports.verdicts import COLOURS, colour
from warehouse.taxonomy import DEFAULT_FOLDER

_ROWS = 7


@pytest.fixture(scope="module")
def con() -> Iterator[DuckDBPyConnection]:
    """Seven rows of each kind for one enterprise and one package."""
    with duckdb.connect() as made:
        for schema in ("core", "mart"):
            made.execute(f"create schema {schema}")
        made.execute(f"""
            create table core.repository_package as
            select 'pkg:npm/a' as package_key, 'e' || n % 3 as enterprise_id, 'r' || n as repo_id,
                if(n < 4, 'direct', 'transitive') as directness, false as is_development
            from range({_ROWS}) as made(n)
        """)
        made.execute("""
            create table core.component as
            select package_key, repo_id, '1.0' as version, 'lock' as path, 1 as line, true as direct,
                false as in_test_data
            from core.repository_package
        """)
        made.execute(f"""
            create table mart.crypto_inventory as
            select 'e' as enterprise_id, 'main' as context, if(n < 5, 'F' || n, null) as family,
                if(n < 5, null, 'TLS') as protocol, '1.' || n % 2 as protocol_version, 'A' as algorithm,
                null as mode, null as key_size, 'l' as library, 10 + n as sites, 1 as files,
                ['national:weak'] as verdicts, null as quantum, null::date as disallowed_after,
                'r' as repo_id, 'p' as path, n as line, 'c' as head_sha
            from range({_ROWS}) as made(n)
        """)
        made.execute(f"""
            create table mart.risk_score as
            select 'e' as enterprise_id, if(n < 4, 3, null) as act_within_days, 9.0 - n as score,
                if(n = 6, 'none', if(n = 5, null, 'high')) as severity, 'pkg:npm/a@1' as purl,
                'CVE-' || n as group_id, '' as summary, []::varchar[] as fixed_versions, 'r' as repo_id,
                'p' as path, n as line, false as in_kev, 'yes' as publicly_exposed, 'yes' as automatable,
                'total' as technical_impact, []::varchar[] as assumed, n = 0 as suppressed
            from range({_ROWS}) as made(n)
        """)
        yield made


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("component_users", "7 repositories of 3 owners use it, 4 ask for it themselves."),
        ("enterprise_algorithms", "7 families of algorithms in 7 kinds of use, 91 places."),
        ("enterprise_exposures", "6 exposures, 3 of them due within 14 days; first CVE-1 in pkg:npm/a@1."),
    ],
)
def test_finding_when_the_table_is_cut_then_counts_what_was_left_out_too(
    con: DuckDBPyConnection, name: str, said: str
) -> None:
    figure = figure_named(name)
    whole = draw_figure(con, figure)
    cut = draw_figure(con, replace(figure, query=figure.query.replace("<= 300", "<= 2")))
    assert (whole.table.num_rows > 2, cut.table.num_rows) == (True, 2)
    assert whole.drawings["en"].finding == said
    assert cut.drawings == whole.drawings
    assert {300} == {algorithms.SHOWN, exposures.SHOWN}


def test_exposures_when_drawn_then_those_of_no_severity_stand_with_the_unrated(
    con: DuckDBPyConnection,
) -> None:
    chart = draw_figure(con, figure_named("enterprise_exposures")).drawings["en"].chart
    assert chart is not None
    drawn = {trace["name"]: trace["y"] for trace in chart["data"]}
    assert drawn == {"high": [3, 0, 0, 1], "low or unrated": [0, 0, 0, 2]}


def test_segment_evidence_when_two_segments_have_one_name_then_they_are_two() -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema core")
        con.execute(
            "create table raw.segment as select unnest(['os-db', 'ai-db']) as segment_id,"
            " '数据库' as name_zh, 'Databases' as name_en"
        )
        con.execute(
            "create table core.segment_evidence as select segment_id, 'demand' as side, 'e' as enterprise_id,"
            " 'r' as repo_id, 'o' as object, 'rule' as rule_id, 1.0 as weight, 'p' as path, 1 as line,"
            " 'h' as head_sha, null as not_counted, false as is_development from raw.segment"
        )
        drawn = draw_figure(con, figure_named("segment_evidence"), most_rows=1)
    assert (drawn.table.num_rows, drawn.total) == (1, 2)
    assert "2 segments" in drawn.drawings["en"].finding


def test_points_when_segments_lie_on_one_place_then_all_are_seen_and_the_most_used_is_named() -> None:
    rows = [
        {"segment_id": f"s{n}", "name_en": f"S{n}", "verdict": "weak", "verdict_name_en": "weak", "x": 0.9,
         "y": 0.5, "users": n, "observed": 9}
        for n in range(7)
    ]  # fmt: skip
    [(name, (points, role))] = segment_points(rows, Words("en"), "x", "y").items()
    assert (name, role) == ("weak", "sand")
    assert len({(point["x"], point["y"]) for point in points}) == 7
    assert [point["short"] for point in points] == ["S6", *[""] * 6]
    assert all(0.7 < point["x"] <= 0.9 for point in points)


def test_verdicts_when_the_taxonomy_gives_them_then_each_has_a_colour_in_charts_and_pages() -> None:
    scoring = yaml.safe_load(Path(DEFAULT_FOLDER, "scoring.yaml").read_text("utf-8"))["scoring"]
    ids = {verdict["id"] for verdict in scoring["verdicts"]}
    assert ids - COLOURS.keys() == set()
    assert colour("a planner's own") == colour("not-enough-data")
    for name in ids:
        assert f"[data-verdict='{name}']" in style_sheet()


@pytest.mark.parametrize(
    ("group", "value", "wanted"),
    [
        ("verdict", ["choke", "not-enough-data", "own"], "卡点, 数据不足, own"),
        ("crypto_verdict", ["national:weak", "own:odd"], "国密策略 · 弱, own · odd"),
        ("severity", None, "–"),
    ],
)
def test_codes_when_a_cell_is_a_text_then_they_are_words(group, value, wanted) -> None:
    column = Column("c", "code", 0, group, is_list=True)
    names = {"verdict": {"choke": ("卡点", "choke point")}}
    assert in_words(value, column, names, Words("zh-CN")) == wanted
