"""`chainatlas query`: SQL over the published answers."""

import sys
from pathlib import Path

import click

from pipelines import WORKSPACE_VARIABLE
from pipelines.cli._messages import message
from pipelines.cli._options import format_option


@click.command(
    short_help="Answer one SQL query over the published answers.",
    epilog="\b\nExamples:\n"
    '  chainatlas query ~/code "from mart.component_use limit 20" --format csv\n'
    "  chainatlas query \"select table_name, comment from duckdb_tables() where schema_name = 'mart'\"",
)
@click.argument("words", nargs=-1, required=True, metavar="[TARGET] SQL")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="Most rows.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60, show_default=True, help="Time limit.")
@format_option("table", "json", "csv", "markdown")
def command(words: tuple[str, ...], limit: int, seconds: float, output_format: str) -> None:
    """Run SQL on the published warehouse of TARGET (default: the current folder).

    SQL is DuckDB's; `-` reads it from standard input. The query can only read: no files, no network, no
    extensions. Schemas: mart (answers), core (conformed), raw (as observed), meta (runs and lineage).
    """
    import os

    from pipelines.cli._tables import write_table
    from pipelines.cli._terminal import say_next, shown_target
    from pipelines.discovery import find_state
    from warehouse.store.query import run_query

    if len(words) > 2:
        raise click.UsageError("more than TARGET and SQL; put the query into quotes")
    target = Path(words[0] if len(words) == 2 else os.environ.get(WORKSPACE_VARIABLE, "."))
    sql = sys.stdin.read() if words[-1] == "-" else words[-1]
    result = run_query(find_state(target).published, sql, limit, seconds)
    write_table(result.table, output_format, sys.stdout, as_stored=True)
    if result.truncated:
        told = message("only the first {limit} rows; ask for more with --limit", limit=limit)
        click.echo(told, err=True)
    say_next(f"chainatlas export{shown_target(target)} -o FOLDER", "every answer as a workbook and files")
