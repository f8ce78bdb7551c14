"""Tables as pages show them."""

import pyarrow as pa
import pytest

from reports.columns import shown_table
from reports.figures import Drawing, Figure


def figure(**more) -> Figure:
    return Figure("f", "s", 1, "select 1", lambda rows, words: Drawing(""), **more)


def test_table_when_it_names_an_id_then_one_column_stands_for_id_and_both_names() -> None:
    table = pa.table({"name_zh": ["甲"], "name_en": ["A"], "users": [3], "segment_id": ["s"]})
    columns, rows = shown_table(figure(), table)
    assert [(column.name, column.kind) for column in columns] == [
        ("segment_id", "segment"),
        ("users", "number"),
    ]
    assert rows == [("s", 3)]


def test_table_when_names_have_no_id_then_both_stand_in_one_cell() -> None:
    columns, rows = shown_table(figure(), pa.table({"name_zh": ["甲"], "name_en": ["A"]}))
    assert [(column.name, column.kind) for column in columns] == [("name", "names")]
    assert rows == [(("甲", "A"),)]


def test_table_when_it_has_a_place_then_line_and_commit_are_part_of_it() -> None:
    table = pa.table({"repo_id": ["r"], "path": ["p"], "line": [7], "head_sha": ["c"], "weight": [0.5]})
    columns, rows = shown_table(figure(), table)
    shown = [column.name for column in columns if not column.hidden]
    assert shown == ["repo_id", "path", "weight"]
    place = next(column for column in columns if column.name == "path")
    assert {part: rows[0][index] for part, index in place.places.items()} == {
        "line": 7, "repository": "r", "commit": "c",
    }  # fmt: skip


@pytest.mark.parametrize("hidden", [{"hidden": frozenset({"score"})}, {"subject": "score"}])
def test_table_when_a_column_is_hidden_then_no_row_carries_it(hidden) -> None:
    columns, rows = shown_table(figure(**hidden), pa.table({"score": [1], "users": [2]}))
    assert [column.name for column in columns] == ["users"]
    assert rows == [(2,)]
