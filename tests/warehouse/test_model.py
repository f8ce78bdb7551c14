"""Model files: header, references, order."""

from pathlib import Path

import pytest
from made_shards import write_model

from warehouse.errors import WarehouseError
from warehouse.runner import discover_models

PYTHON_MODEL = '''"""
description: d
grain: g
columns:
  a: about a
"""
READS = ("core.first",)


def build(con, context):
    return con.sql("select a from core.first").to_arrow_table()
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    write_model(folder, "core/first", "select repo_id as a from raw.component", ["a"])
    return folder


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def reads(folder: Path, query: str) -> set[str]:
    write_model(folder, "chain/probe", query, ["a"])
    return set(discover_models(folder)["mart.probe"].reads)


def test_discover_models_when_a_header_is_complete_then_the_model_has_all_of_it(folder: Path) -> None:
    header = "description: |\n  两行\n  说明\ngrain: one per x\ncolumns:\n  b: about b\n  a: about a\n"
    header += 'formula: a / b\nsource: some standard\nedge_cases:\n  - none\n  - "null"\n'
    path = write(folder / "chain" / "full.sql", f"/*\n{header}*/\nselect 1 as b, 2 as a;\n")
    model = discover_models(folder)["mart.full"]
    assert (model.schema, model.table, model.path) == ("mart", "full", path)
    assert model.description == "两行\n说明"
    assert model.grain == "one per x"
    assert list(model.columns.items()) == [("b", "about b"), ("a", "about a")]
    assert (model.formula, model.source, model.edge_cases) == ("a / b", "some standard", ("none", "null"))
    assert model.query == "select 1 as b, 2 as a"
    assert model.reads == frozenset()


def test_discover_models_when_edge_cases_are_one_text_then_it_is_the_only_one(folder: Path) -> None:
    write_model(folder, "chain/x", "select 1 as a", ["a"], edge_cases="a lone case")
    assert discover_models(folder)["mart.x"].edge_cases == ("a lone case",)


def test_discover_models_when_one_reads_another_then_it_comes_later(folder: Path) -> None:
    write_model(folder, "chain/a_last", "select a from mart.z_middle", ["a"])
    write_model(folder, "security/z_middle", "select a from core.first", ["a"])
    assert list(discover_models(folder)) == ["core.first", "mart.z_middle", "mart.a_last"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select a from core.first", {"core.first"}),
        ('select a from CORE."First" join raw.component on true', {"core.first", "raw.component"}),
        ("with first as (select a from core.first) select a from First", {"core.first"}),
        ("with x as (with y as (from raw.chain) from y) select 1 as a from x", {"raw.chain"}),
        (
            "select (select max(line) from raw.unknown) as a where exists (from raw.chain)",
            {"raw.unknown", "raw.chain"},
        ),
        ("select 1 as a from core.first union all select 2 from raw.chain", {"core.first", "raw.chain"}),
        ("from (pivot raw.component on line in (1, 2) using count(*)) select 1 as a", {"raw.component"}),
        ("select value as a from meta.parameter where name = 'as_of'", {"meta.parameter"}),
        ("select unnest(hashes) as a from raw.component, range(3), unnest([1]) t(x)", {"raw.component"}),
        (
            "with recursive t(a, n) using key (a) as (select a, 1 from core.first union"
            " select t.a, n + 1 from t join recurring.t r using (a) where n < 3) select a from t",
            {"core.first"},
        ),
    ],
)
def test_reads_when_a_query_names_tables_then_they_are_all_found_and_nothing_else(
    folder: Path, query: str, expected: set[str]
) -> None:
    assert reads(folder, query) == expected


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select a from core.frist", "reads core.frist, which no model makes and is no raw table"),
        ("select a from raw.nothing", "reads raw.nothing, which no model makes"),
        ("select a from meta.run", "reads meta.run, which no model makes"),
        ("select a from first", r"table first needs its schema \(raw, core or mart\)"),
        ("select a from other.core.first", "other.core.first: write schema.table only"),
        ("select 1 as a from read_csv('x.csv')", r"read_csv\(\): a model reads tables only"),
        ("select 1 as a from query('select 1')", r"query\(\): a model reads tables only"),
        ("select 1 as a from 'x.parquet'", "table x.parquet needs its schema"),
        ("select current_date as a", "current_date differs at each build; take as_of from meta.parameter"),
        ("select now() as a", "now differs at each build"),
        ("select random() as a", "random differs at each build"),
        ("describe raw.component", "DESCRIBE, SUMMARIZE and SHOW are not for models"),
        ("select 1 as a; select 2 as a", "expected one query, found 2"),
        ("", "expected one query, found 0"),
        ("delete from core.first", "only queries are allowed"),
        (
            "with x as (delete from core.first returning *) select a from x",
            "only queries are allowed, not DELETE",
        ),
        ("selec 1 as a", r'not valid SQL: syntax error at or near "selec" \(line 1, column 1\)'),
        ("select a\nfrom\nwhere", r"not valid SQL: .* \(line 3, column 1\)"),
    ],
)
def test_discover_models_when_a_query_is_not_allowed_then_error_names_file_and_reason(
    folder: Path, query: str, reason: str
) -> None:
    write_model(folder, "chain/bad", query, ["a"])
    with pytest.raises(WarehouseError, match=rf"chain/bad\.sql: {reason}"):
        discover_models(folder)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select 1 as a", r":1: a model begins with a /\* … \*/ comment"),
        ("/*\ndescription: d\ngrain: g\n*/ select 1 as a", ":1: header: columns: Field required"),
        (
            "/*\ndescription: d\ngrain: g\ncolumns: {}\n*/",
            ":1: header: columns: Dictionary should have at least 1",
        ),
        (
            "/*\ndescription: d\ngrain: g\ncolumns: {a: 1}\n*/",
            ":1: header: columns.a: Input should be a valid string",
        ),
        (
            "/*\ndescription: d\ngrain: ''\ncolumns: {a: x}\n*/",
            ":1: header: grain: String should have at least 1",
        ),
        (
            "/*\ndescription: d\ngrain: g\ncolumns: {a: x}\nfromula: f\n*/",
            ":1: header: fromula: Extra inputs",
        ),
        ("\n/*\ndescription: d\ngrain: [\n*/", ":5: the header is not YAML"),
        (
            "/* just words */ select 1 as a",
            ":1: the header is text, not the keys description, grain, columns",
        ),
    ],
)
def test_discover_models_when_a_header_is_wrong_then_error_names_file_line_and_key(
    folder: Path, text: str, reason: str
) -> None:
    write(folder / "chain" / "bad.sql", text)
    with pytest.raises(WarehouseError, match=rf"chain/bad\.sql{reason}"):
        discover_models(folder)


def test_discover_models_when_two_files_make_one_table_then_error_names_both(folder: Path) -> None:
    write_model(folder, "chain/same", "select 1 as a", ["a"])
    write_model(folder, "security/same", "select 1 as a", ["a"])
    with pytest.raises(
        WarehouseError, match=r"security/same\.sql: mart\.same is already made by .*chain/same\.sql"
    ):
        discover_models(folder)


def test_discover_models_when_they_read_each_other_then_error_names_the_circle(folder: Path) -> None:
    write_model(folder, "chain/x", "select a from mart.y", ["a"])
    write_model(folder, "chain/y", "select a from mart.z", ["a"])
    write_model(folder, "chain/z", "select a from mart.y", ["a"])
    with pytest.raises(
        WarehouseError, match=r"circle: mart\.y \(.*y\.sql\) reads mart\.z \(.*z\.sql\) reads mart\.y"
    ):
        discover_models(folder)


def test_discover_models_when_a_model_reads_itself_then_error_names_it(folder: Path) -> None:
    write_model(folder, "chain/x", "select a from mart.x", ["a"])
    with pytest.raises(WarehouseError, match=r"circle: mart\.x \(.*\) reads mart\.x"):
        discover_models(folder)


def test_discover_models_when_a_python_file_declares_reads_then_it_is_a_model_and_its_neighbour_is_not(
    folder: Path,
) -> None:
    write(folder / "chain" / "helper.py", "def closure():\n    return 1\n")
    write(folder / "chain" / "graph.py", PYTHON_MODEL)
    models = discover_models(folder)
    assert list(models) == ["core.first", "mart.graph"]
    assert models["mart.graph"].reads == {"core.first"}
    assert models["mart.graph"].query is None


def test_discover_models_when_a_python_model_uses_its_context_then_it_reads_the_parameters(
    folder: Path,
) -> None:
    write(
        folder / "chain" / "graph.py",
        PYTHON_MODEL.replace("    return", "    print(context.as_of)\n    return"),
    )
    assert discover_models(folder)["mart.graph"].reads == {"core.first", "meta.parameter"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            ("def build(con, context)", "def build(con)"),
            r"graph\.py: a \.py model defines build\(con, context\)",
        ),
        (('("core.first",)', "TABLES"), "graph.py:7: READS is a tuple of text literals"),
        (('("core.first",)', '["core.first"]'), "graph.py:7: READS is a tuple of text literals"),
        (('("core.first",)', '("core.none",)'), "graph.py: reads core.none, which no model makes"),
        (("READS", "READ"), "graph.py: a .py model declares READS"),
        (("READS = (", "READS = (("), "graph.py:7: not valid Python"),
        (("grain: g\n", ""), "graph.py:1: header: grain: Field required"),
        (
            ('READS = ("core.first",)', 'READS = ("core.first",)\nDATA = ("none.yaml",)'),
            "none.yaml: cannot be read",
        ),
    ],
)
def test_discover_models_when_a_python_model_is_wrong_then_error_names_the_file(
    folder: Path, change: tuple[str, str], reason: str
) -> None:
    write(folder / "chain" / "graph.py", PYTHON_MODEL.replace(*change))
    with pytest.raises(WarehouseError, match=f"chain/{reason}"):
        discover_models(folder)


def test_sql_hash_when_the_header_changes_then_it_changes(folder: Path) -> None:
    before = discover_models(folder)["core.first"].sql_hash
    assert discover_models(folder)["core.first"].sql_hash == before
    write_model(folder, "core/first", "select repo_id as a from raw.component", ["a"], formula="f")
    assert discover_models(folder)["core.first"].sql_hash != before


def test_sql_hash_when_a_data_file_of_a_python_model_changes_then_it_changes(folder: Path) -> None:
    write(folder / "chain" / "graph.py", PYTHON_MODEL.replace("READS", 'DATA = ("names.yaml",)\nREADS'))
    data = write(folder / "chain" / "names.yaml", "a: 1\n")
    before = discover_models(folder)["mart.graph"].sql_hash
    data.write_text("a: 2\n")
    assert discover_models(folder)["mart.graph"].sql_hash != before


def test_sql_hash_when_a_module_that_a_python_model_imports_changes_then_it_changes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    direct = write(package / "graphs.py", "from warehouse import closure\n")
    indirect = write(package / "closure.py", "DEPTH = 1\n")
    monkeypatch.setattr("warehouse.model._PACKAGE", package)
    write(
        folder / "chain" / "graph.py", "".join([PYTHON_MODEL, "\n\nfrom warehouse.graphs import closure\n"])
    )
    hashes = [discover_models(folder)["mart.graph"].sql_hash]
    for file in (direct, indirect):
        file.write_text(file.read_text() + "# changed\n")
        hashes.append(discover_models(folder)["mart.graph"].sql_hash)
    assert len(set(hashes)) == 3
