"""`chainatlas export`: the answers as files for those who do not open a warehouse."""

from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, say_next, shown_target


@click.command(
    short_help="Write the answers as a workbook, a Word report, tables and BOMs.",
    epilog="\b\nExamples:\n  chainatlas export ~/code -o handout\n"
    "  chainatlas export ~/code -o handout --part workbook --language en\n"
    "  chainatlas export ~/code -o handout --part tables --tables csv",
)
@target_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="The folder to write into; files of the same name are replaced.",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(["workbook", "document", "tables", "boms"]),
    help="Write this part alone; may be repeated. All by default.",
)
@click.option(
    "--tables",
    "table_format",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="How to write the tables.",
)
@click.option(
    "--language",
    type=click.Choice(["zh-CN", "en"]),
    default="zh-CN",
    show_default=True,
    help="Language of headings and notes.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(
    target: Path, *, output: Path, parts: tuple[str, ...], table_format: str, language: str, quiet: bool
) -> None:
    """Write the published answers of TARGET into FOLDER.

    A workbook with the five lists of planners, their evidence and every other answer; the report as a Word
    document, with charts as images if a Chromium is installed; the tables whole, as Parquet or CSV, with a
    dictionary of their columns; one CycloneDX BOM for each enterprise. Nothing that came from a repository
    acts as a formula, people are pseudonyms, and groups under five are folded unless the workspace says
    otherwise.
    """
    from pipelines.discovery import find_state
    from pipelines.export_stage import export_answers

    with show_progress(quiet) as progress:
        written = export_answers(
            find_state(target), output, progress, language=language, parts=parts, table_format=table_format
        )
    for folder in sorted({path.parent for path in written}):
        files = [path for path in written if path.parent == folder]
        size = sum(path.stat().st_size for path in files) / (1 << 20)
        shown = files[0] if len(files) == 1 else folder
        told = message("{path}: {files} files, {size:.1f} MiB", path=shown, files=len(files), size=size)
        click.echo(printable(told))
    say_next(f"chainatlas serve{shown_target(target)}", "the same answers with filters, shocks and SQL")
