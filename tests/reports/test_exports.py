"""What leaves as a file holds the answers, says what they mean, and neither acts nor tells of people."""

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from duckdb import DuckDBPyConnection
from openpyxl import Workbook
from pyarrow import parquet

from reports.browser import BROWSERS, find_browser
from reports.drawing import draw_figure
from reports.errors import ReportError
from reports.exports import tables as exported
from reports.exports.document import SECTIONS, write_document
from reports.exports.files import write_dictionary, write_tables
from reports.exports.tables import Table, read_tables, settings
from reports.exports.workbook import write_workbook
from reports.figures import figures, printable
from reports.texts import LANGUAGES, Words
from warehouse.store.database import open_published


@pytest.fixture(scope="module")
def con(hostile_published: Path) -> Iterator[DuckDBPyConnection]:
    with closing(open_published(hostile_published)) as connection:
        yield connection


@pytest.fixture(scope="module")
def tables(con: DuckDBPyConnection) -> tuple[Table, ...]:
    return read_tables(con)


@pytest.fixture(scope="module")
def workbook_file(
    con: DuckDBPyConnection, tables: tuple[Table, ...], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("export") / "answers.xlsx"
    write_workbook(con, tables, path, Words("zh-CN"))
    return path


@pytest.fixture(scope="module")
def workbook(workbook_file: Path) -> Workbook:
    return openpyxl.load_workbook(workbook_file)


def cells(book: Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(book[sheet].iter_rows(values_only=True))


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_workbook_when_written_then_the_planners_lists_come_first(workbook: Workbook) -> None:
    assert workbook.sheetnames[:6] == [
        "总览", "企业清单", "问题清单", "替代与适配清单", "人才清单", "场景与能力清单",
    ]  # fmt: skip
    assert "component_use" in workbook.sheetnames
    overview = cells(workbook, "总览")
    assert [row[0] for row in overview[4:]] == workbook.sheetnames[1:]
    assert workbook["总览"]["A5"].hyperlink.location == "'企业清单'!A1"


def test_sheet_when_written_then_rows_types_headers_and_notes_are_those_of_the_answer(
    con: DuckDBPyConnection, workbook: Workbook
) -> None:
    sheet = workbook["component_use"]
    names = [column.name for column in next(t for t in read_tables(con) if t.name == "component_use").columns]
    rows = con.execute("select * from mart.component_use").fetchall()
    assert sheet.max_row == len(rows) + 1
    assert sheet.freeze_panes == "B2"
    uses = {
        row[names.index("package_key")]: row[names.index("repositories")]
        for row in cells(workbook, "component_use")[1:]
    }
    assert uses["pkg:npm/left-pad"] == 2
    note = sheet.cell(1, names.index("repositories") + 1).comment.text
    assert note.startswith("repositories (BIGINT): ")


def test_workbook_when_names_are_hostile_then_nothing_is_a_formula_or_leads_out(
    workbook: Workbook, workbook_file: Path
) -> None:
    texts = [
        cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]
    assert {cell.data_type for cell in texts} <= {"s", "n", "b", "d"}
    values = [cell.value for cell in texts if isinstance(cell.value, str)]
    assert any("=HYPERLINK(0)" in value for value in values)
    assert not any("\u202e" in value or "\0" in value for value in values)
    assert max(map(len, values)) <= 32_767
    with ZipFile(workbook_file) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b'TargetMode="External"' not in content


def test_null_when_written_then_is_an_empty_cell(
    con: DuckDBPyConnection, tables: tuple[Table, ...], workbook: Workbook
) -> None:
    table = next(table for table in tables if table.name == "enterprise_coverage")
    records = con.sql(table.query()).fetchall()
    shown = cells(workbook, "enterprise_coverage")[1:]
    nulls = [[value is None for value in record] for record in records]
    assert any(any(row) for row in nulls)
    assert [[value is None for value in row] for row in shown] == nulls


def test_sheet_when_there_are_more_rows_than_it_shows_then_says_so(
    con: DuckDBPyConnection, tables: tuple[Table, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings().model_copy(update={"sheet_rows": 2})
    monkeypatch.setattr("reports.exports.workbook.settings", lambda: few)
    table = next(table for table in tables if table.name == "component_use")
    write_workbook(con, [table], tmp_path / "few.xlsx", Words("en"))
    rows = cells(openpyxl.load_workbook(tmp_path / "few.xlsx"), "component_use")
    assert len(rows) == 4
    assert (
        rows[3][0]
        == f"The first 2 of {table.rows} rows; all of them are in the exported table component_use."
    )


def test_people_when_they_are_few_then_are_folded_and_pseudonyms_are_left_out(
    con: DuckDBPyConnection, tables: tuple[Table, ...]
) -> None:
    names = [table.name for table in tables]
    assert "contribution_by_person_year" not in names
    assert con.execute("select count(*) from mart.contribution_by_person_year").fetchall() != [(0,)]
    table = next(table for table in tables if table.name == "contribution_by_enterprise")
    people = [
        row[[c.name for c in table.columns].index("people")] for row in con.sql(table.query()).fetchall()
    ]
    assert "<5" in people
    assert not {"1", "2", "3", "4"} & set(people)


def test_settings_when_they_name_tables_then_these_exist(con: DuckDBPyConnection) -> None:
    there = {name for name, _, _ in exported._names(con)}
    assert {*settings().lists, *settings().evidence, *settings().of_one_person} <= there
    columns = con.execute(
        "select distinct column_name from duckdb_columns() where schema_name = 'mart'"
    ).fetchall()
    assert {(name,) for name in (*settings().pseudonyms, *settings().counts_of_people)} <= set(columns)


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_tables_when_written_then_hold_every_row(
    con: DuckDBPyConnection, tables: tuple[Table, ...], tmp_path: Path, file_format: str
) -> None:
    chosen = [table for table in tables if table.name in {"component_use", "gap_evidence", "plan_talent"}]
    paths = list(write_tables(con, chosen, tmp_path, file_format))
    assert [path.name for path in paths] == [f"{table.name}.{file_format}" for table in chosen]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for table, path in zip(chosen, paths, strict=True):
        if file_format == "parquet":
            assert parquet.read_table(path).to_pylist() == con.sql(table.query()).to_arrow_table().to_pylist()
        else:
            assert len(csv_rows(path)) == table.rows + 1


def test_csv_when_a_text_looks_like_a_formula_then_begins_with_an_apostrophe(
    con: DuckDBPyConnection, tables: tuple[Table, ...], tmp_path: Path
) -> None:
    table = next(table for table in tables if table.name == "component_use")
    texts = ["=1+1", "+1", "-1", "@x", "\t=1", "fine"]
    columns = tuple(replace(table.columns[0], name=f"c{n}", sql=f"'{text}'") for n, text in enumerate(texts))
    (path,) = write_tables(con, [replace(table, columns=columns)], tmp_path, "csv")
    rows = csv_rows(path)
    assert rows[1] == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "fine"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_dictionary_when_written_then_every_column_has_a_meaning(
    tables: tuple[Table, ...], tmp_path: Path, language: str
) -> None:
    write_dictionary(tables, tmp_path / "d.csv", Words(language))
    rows = csv_rows(tmp_path / "d.csv")
    assert len(rows) == 1 + sum(1 + len(table.columns) for table in tables)
    assert all(row[4] for row in rows)


def test_export_when_the_place_cannot_be_written_then_says_which(
    con: DuckDBPyConnection, tables: tuple[Table, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"file/a\.xlsx: cannot be written"):
        write_workbook(con, tables[:1], tmp_path / "file" / "a.xlsx", Words("en"))
    with pytest.raises(ReportError, match=r"plan_enterprise\.csv: cannot be written"):
        list(write_tables(con, tables[:1], tmp_path / "file", "csv"))


@pytest.fixture(scope="module")
def document_file(con: DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Word report on a machine without a browser."""
    path = tmp_path_factory.mktemp("document") / "answers.docx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.exports.document.find_browser", lambda: None)
        missing = write_document(con, path, Words("zh-CN"))
    assert missing == [f"未生成图片：需要安装浏览器（{', '.join(BROWSERS)}）。"]
    return path


def test_document_when_written_then_has_every_section_and_finding(
    con: DuckDBPyConnection, document_file: Path
) -> None:
    words = Words("zh-CN")
    paragraphs = [paragraph for paragraph in docx.Document(document_file).paragraphs if paragraph.text]
    headings = [paragraph.text for paragraph in paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [words(f"section.{section}") for section in SECTIONS]
    texts = {paragraph.text for paragraph in paragraphs}
    for figure in figures():
        if figure.section in SECTIONS:
            assert printable(draw_figure(con, figure).drawings["zh-CN"].finding) in texts


def test_document_when_names_are_hostile_then_they_are_texts(document_file: Path) -> None:
    tables = docx.Document(document_file).tables
    cells_shown = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert any("HYPERLINK(0)" in text for text in cells_shown)
    assert max(map(len, cells_shown)) <= 60
    with ZipFile(document_file) as archive:
        content = archive.read("word/document.xml")
        assert b"<script" not in content
        assert b"fldSimple" not in content
        assert b'TargetMode="External"' not in archive.read("word/_rels/document.xml.rels")


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium is installed")
def test_document_when_a_browser_is_there_then_charts_are_images(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    assert write_document(con, tmp_path / "a.docx", Words("en")) == []
    with ZipFile(tmp_path / "a.docx") as archive:
        images = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(images) >= 5
        assert all(archive.read(name)[:4] == b"\x89PNG" for name in images)
