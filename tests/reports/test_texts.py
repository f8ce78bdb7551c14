"""Every text of the reports exists in every language, and every figure has its texts."""

import re
import string

import duckdb
import pytest

from reports.columns import shown_table
from reports.figures import Figure, figures
from reports.site import SECTIONS
from reports.site.subjects import subject_kinds
from reports.texts import LANGUAGES, Words, catalogue, meanings
from warehouse.runner import discover_models
from warehouse.store.database import open_published


def places(text: str) -> set[str]:
    return {name.partition(":")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def test_catalogues_when_compared_then_have_equal_keys_and_places() -> None:
    first = catalogue(LANGUAGES[0])
    for language in LANGUAGES[1:]:
        other = catalogue(language)
        assert set(first) == set(other)
        for key, text in first.items():
            assert places(text) == places(other[key]), key


def test_chinese_catalogue_when_read_then_is_chinese() -> None:
    untranslated = [
        key for key, text in catalogue("zh-CN").items() if not any("一" <= c <= "鿿" for c in text)
    ]
    assert untranslated == []


def test_models_when_shown_in_chinese_then_descriptions_and_columns_of_answers_are_chinese() -> None:
    models = discover_models().values()
    wanted = {model.description for model in models}
    for model in models:
        if model.schema == "mart":
            wanted |= {model.grain, *model.columns.values()}
    known = meanings("zh-CN")
    assert wanted - set(known) == set()
    assert set(known) - wanted == set()
    plain = re.compile(r"^[DRSTGFσ0-9–]*$")
    assert [text for text in known.values() if not re.search("[一-鿿]", text) and not plain.match(text)] == []
    words = Words("zh-CN")
    model = discover_models()["mart.coverage"]
    told = words.meaning(f"{model.description} Grain: {model.grain}")
    assert told == f"{known[model.description]}粒度：{known[model.grain]}"
    assert Words("en").meaning("x Grain: y") == "x Grain: y"


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.name)
def test_figure_when_shown_then_its_note_and_columns_have_texts(figure: Figure, hostile_published) -> None:
    assert figure.section in {*SECTIONS, *subject_kinds(), "component"}
    with open_published(hostile_published) as connection:
        columns, _ = shown_table(figure, connection.sql(figure.query).to_arrow_table())
    keys = {f"figure.{figure.name}.note", f"figure.{figure.name}.title", f"robustness.{figure.robustness}"}
    for language in LANGUAGES:
        wanted = keys | {f"column.{column.name}" for column in columns if not column.hidden}
        assert wanted - set(catalogue(language)) == set()


def test_catalogue_when_checked_then_no_figure_text_is_unused() -> None:
    names = {figure.name for figure in figures()}
    written = {key.split(".")[1] for key in catalogue("en") if key.startswith("figure.")}
    assert written == names


def test_figure_query_when_run_then_reads_only_the_published_copy(hostile_published) -> None:
    with open_published(hostile_published) as connection, pytest.raises(duckdb.Error):
        connection.sql("create table leak as select 1")


@pytest.mark.parametrize(("language", "wanted"), [("zh-CN", ["甲", "A", ""]), ("en", ["A", "A", ""])])
def test_name_when_a_language_is_missing_then_the_other_stands_in_and_without_both_it_is_empty(
    language, wanted
):
    rows = [{"name_zh": "甲", "name_en": "A"}, {"name_zh": None, "name_en": "A"}, {"name_zh": None}]
    assert [Words(language).name(row) for row in rows] == wanted
