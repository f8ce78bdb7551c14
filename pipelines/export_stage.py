"""Everything that leaves with its reader, in one folder: workbook, tables, dictionary, BOMs."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.bom_export import NoBomError, enterprise_bom
from pipelines.errors import PipelineError
from pipelines.progress import Progress
from pipelines.state import StateFolder
from reports.exports.files import write_dictionary, write_tables
from reports.exports.tables import read_tables
from reports.exports.workbook import write_workbook
from reports.texts import Words
from sbom.bom import write_document
from warehouse.store.database import open_published


@dataclass(frozen=True, slots=True)
class _Export:
    con: DuckDBPyConnection
    state: StateFolder
    folder: Path
    words: Words
    table_format: str
    progress: Progress


def export_answers(
    state: StateFolder,
    folder: Path,
    progress: Progress,
    *,
    language: str,
    parts: Collection[str] = (),
    table_format: str = "parquet",
) -> list[Path]:
    """Write the parts that are asked for, all of `PARTS` by default, and return their files.

    Raises:
        PipelineError, ReportError, WarehouseError: nothing is published, or a file cannot be written.
    """
    with closing(open_published(state.published)) as con:
        export = _Export(con, state, folder, Words(language), table_format, progress)
        wanted = [name for name in PARTS if not parts or name in parts]
        return [path for name in wanted for path in PARTS[name](export)]


def _workbook(export: _Export) -> Iterator[Path]:
    export.progress.begin("workbook", 1)
    path = export.folder / "chainatlas.xlsx"
    write_workbook(export.con, read_tables(export.con), path, export.words)
    export.progress.advance()
    yield path


def _document(export: _Export) -> Iterator[Path]:
    # kaleido and Word take long to import
    from reports.exports.document import write_document as write_word  # noqa: PLC0415

    export.progress.begin("document", 1)
    path = export.folder / "chainatlas.docx"
    for missing in write_word(export.con, path, export.words):
        export.progress.note(missing)
    export.progress.advance()
    yield path


def _tables(export: _Export) -> Iterator[Path]:
    tables = read_tables(export.con)
    export.progress.begin("tables", len(tables))
    for path in write_tables(export.con, tables, export.folder / "tables", export.table_format):
        export.progress.advance()
        yield path
    dictionary = export.folder / "tables" / "dictionary.csv"
    write_dictionary(tables, dictionary, export.words)
    yield dictionary


def _boms(export: _Export) -> Iterator[Path]:
    enterprises = export.con.execute("select enterprise_id from core.enterprise order by all").fetchall()
    export.progress.begin("boms", len(enterprises))
    for (enterprise_id,) in enterprises:
        export.progress.advance()
        try:
            document, absent = enterprise_bom(export.state, enterprise_id, "1.6")
        except NoBomError as error:
            export.progress.note(str(error))
            continue
        for repo_id in absent:
            export.progress.note(f"{enterprise_id}: without a BOM, so not in it: {repo_id}")
        path = export.folder / "boms" / f"{enterprise_id}.cdx.json"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_document(document, "json"))
        except OSError as error:
            raise PipelineError(f"{path}: cannot be written: {error.strerror}") from error
        yield path


PARTS: dict[str, Callable[[_Export], Iterator[Path]]] = {
    "workbook": _workbook,
    "document": _document,
    "tables": _tables,
    "boms": _boms,
}
"""What can be exported, by the name that the command line gives it."""
