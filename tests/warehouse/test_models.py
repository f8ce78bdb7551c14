"""Every model gives the expected rows: one small case per file under tests/fixtures/models/<reader>/<model>/.

A case names the rows of the raw tables (`given`; columns left out are null; or the name of a file of such
rows in tests/fixtures/models/given/, over which the models of all cases that share it are built once) and the
rows that the model must give
(`expected`; in any order, only the columns named). Gaps are scored as the project's taxonomy says. Dates
stand for epoch seconds where the column is a time, `person:<e-mail>`, `account:<forge>/<id>` and
`identity:<name>|<e-mail>` for digests, and `times: n` repeats a row with `-1`, `-2` … added to its sha.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from duckdb import DuckDBPyConnection
from given_rows import KEY, insert_rows, insert_scoring

from warehouse.model import Model
from warehouse.people import address_id, pseudonym
from warehouse.runner import ModelContext, build_models, discover_models
from warehouse.store.database import open_database

FOLDER = Path(__file__).parent.parent / "fixtures" / "models"
CASES = sorted(FOLDER.glob("*/*/*.yaml"))
AS_OF = date(2026, 6, 30)
REGION = {"country": "CN"}


@cache
def _models() -> dict[str, Model]:
    return discover_models()


@cache
def _case(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert loaded.keys() == {"about", "given", "expected"}, path
    return loaded


def _model_of(path: Path) -> str:
    reader, table = path.parent.relative_to(FOLDER).parts
    return f"{'core' if reader == 'core' else 'mart'}.{table}"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "empty.duckdb"
    with open_database(path) as con:
        insert_scoring(con)
    return path


@pytest.fixture(scope="module")
def shared(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The warehouse over given rows that several cases share, with what any of them asks for."""
    folder = tmp_path_factory.mktemp("shared")

    @cache
    def build(name: str) -> Path:
        rows = yaml.load((FOLDER / "given" / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
        wanted = {_model_of(path) for path in CASES if _case(path)["given"] == name}
        path = folder / f"{name}.duckdb"
        with open_database(Path(shutil.copy(empty, path))) as con:
            _build(con, rows, wanted)
        return path

    return build


@pytest.fixture
def con(
    request: pytest.FixtureRequest, empty: Path, shared: Callable[[str], Path], tmp_path: Path
) -> Iterator[DuckDBPyConnection]:
    path = request.getfixturevalue("path")
    given = _case(path)["given"]
    if isinstance(given, str):
        with duckdb.connect(str(shared(given)), read_only=True) as con:
            con.execute("set global TimeZone = 'UTC'")
            yield con
        return
    with open_database(Path(shutil.copy(empty, tmp_path / "warehouse.duckdb"))) as con:
        _build(con, given, {_model_of(path)})
        yield con


def _build(con: DuckDBPyConnection, given: dict[str, Any], wanted: set[str]) -> None:
    for table, rows in given.items():
        insert_rows(con, table, rows)
    only = wanted.union(*map(_ancestors, wanted))
    for build in build_models(con, ModelContext(AS_OF, KEY, region=REGION), only, models=_models()):
        assert build.status == "built", build.error


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
def test_model_when_given_raw_rows_then_rows_are_as_expected(con: DuckDBPyConnection, path: Path) -> None:
    case, model = _case(path), _model_of(path)
    columns = list(case["expected"][0]) if case["expected"] else list(_models()[model].columns)
    expected = [tuple(_expected(row[column]) for column in columns) for row in case["expected"]]
    names = ", ".join(f'"{column}"' for column in columns)
    found = con.sql(f"select {names} from {model}").fetchall()
    assert sorted(map(_rounded, found), key=repr) == sorted(map(_rounded, expected), key=repr)


@pytest.mark.parametrize("model", sorted(name for name in _models() if name.startswith("mart.")))
def test_mart_when_cases_are_counted_then_each_column_is_expected_in_one(model: str) -> None:
    cases = [_case(path) for path in CASES if _model_of(path) == model]
    checked = {column for case in cases for row in case["expected"] for column in row}
    assert checked == set(_models()[model].columns)


@pytest.mark.parametrize("model", sorted(name for name in _models() if name.startswith("mart.")))
def test_mart_when_its_header_is_read_then_formula_source_and_edge_cases_are_there(model: str) -> None:
    header = _models()[model]
    assert header.formula
    assert header.source
    assert header.edge_cases


def _ancestors(model: str) -> set[str]:
    reads = {name for name in _models()[model].reads if name in _models()}
    return reads.union(*map(_ancestors, reads))


def _expected(value: Any) -> Any:
    kind, colon, subject = value.partition(":") if isinstance(value, str) else ("", "", "")
    match kind + colon:
        case "person:":
            return address_id(KEY, subject)
        case "account:":
            return pseudonym(KEY, "account", *subject.split("/"))
        case "identity:":
            return pseudonym(KEY, *subject.split("|"))
    return value


def _rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        round(float(value), 4) if isinstance(value, int | float) and not isinstance(value, bool) else value
        for value in row
    )
