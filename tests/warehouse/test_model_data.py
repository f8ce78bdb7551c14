"""Data files of a model: a change of one makes the model another, a missing one is named."""

from pathlib import Path

import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.model import read_model

MODEL = '''"""
description: text
grain: one per thing
columns: {thing: text}
"""

READS = ()
DATA = ("things.yaml",)


def build(con, context):
    return None
'''


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "core" / "thing.py"
    path.parent.mkdir()
    path.write_text(MODEL)
    return path


def _hash(path: Path) -> str:
    with duckdb.connect() as parser:
        model = read_model(path, parser)
    assert model is not None
    return model.sql_hash


def test_sql_hash_when_a_data_file_changes_then_it_changes(path: Path) -> None:
    path.with_name("things.yaml").write_text("a")
    before = _hash(path)
    assert _hash(path) == before
    path.with_name("things.yaml").write_text("b")
    assert _hash(path) != before


def test_model_when_its_data_file_is_missing_then_the_error_names_it(path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"things\.yaml: cannot be read"):
        _hash(path)
