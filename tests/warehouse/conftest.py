import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from warehouse.store.database import open_database


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse without rows; not to be written."""
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    open_database(path).close()
    return path


@pytest.fixture
def con(empty_warehouse: Path, tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    """A warehouse of the test's own, `tmp_path / "warehouse.duckdb"`."""
    with open_database(Path(shutil.copy(empty_warehouse, tmp_path))) as con:
        yield con
