"""`chainatlas sbom --every month`."""

import sys
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from pipelines.bom_history import MonthRow, read_months
from pipelines.cli._tables import write_table
from pipelines.errors import PipelineError
from sbom.bom import Encoding, build_bom
from sbom.model import ScanResult
from sbom.revisions import Month, open_revisions

_SUFFIXES = {"json": ".cdx.json", "xml": ".cdx.xml", "spdx": ".spdx.json"}
_COLUMNS = pa.schema(
    [
        pa.field(name, pa.string() if kind is str else pa.int64())
        for name, kind in MonthRow.__annotations__.items()
    ]
)


def write_months(
    path: Path,
    rev: str | None,
    *,
    since: date | None,
    folder: Path | None,
    encoding: Encoding,
    spec: str,
    maven_repository: Path | None = None,
) -> list[MonthRow]:
    """Read all months, and write the BOM of each if there is a folder for them.

    Raises:
        ScanError: there is no such repository or commit, or one cannot be read.
        PipelineError: the folder cannot be written.
    """

    def keep(month: Month, result: ScanResult) -> None:
        if folder is not None:
            content = build_bom(result, version("chainatlas"), spec_version=spec, encoding=encoding)
            _write(folder / f"{month.label}{_SUFFIXES[encoding]}", content)

    with open_revisions(path, maven_repository=maven_repository) as revisions:
        return list(read_months(revisions, rev, since, keep))


def print_months(months: list[MonthRow], output_format: str) -> None:
    """Print the table as `table`, `json`, `csv` or `markdown`; what is not known is empty, in JSON null."""
    table = pa.Table.from_pylist([asdict(month) for month in months], _COLUMNS)
    write_table(table, output_format, sys.stdout)


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise PipelineError(f"{file}: cannot be written: {error.strerror}") from error
