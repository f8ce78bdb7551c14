"""`chainatlas doctor`: what is installed, found or missing, and what to do."""

import json
import sys
from pathlib import Path

import click

from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import padded, printable

_STATUS_COLUMNS = 8


@click.command(
    short_help="Say what is installed, found or missing, and what to do.",
    epilog="\b\nExamples:\n  chainatlas doctor ~/code --format json\n  chainatlas doctor ~/code --repair",
)
@target_argument
@click.option("--repair", is_flag=True, help="Mend what can be mended; what cannot be read is moved aside.")
@format_option("text", "table", "json", "csv", "markdown")
def command(target: Path, *, repair: bool, output_format: str) -> None:
    """Look at this machine and at the workspace and state of TARGET (default: the current folder).

    With --repair, half-written files of killed processes are removed, answers and pages that are lost are
    made again from the warehouse, and what cannot be opened is moved aside: the next run makes it anew.

    Exit code 1: something is broken.
    """
    from dataclasses import asdict

    if repair:
        from pipelines.discovery import find_state
        from pipelines.repair import repair_state

        for mended in repair_state(find_state(target)):
            told = message("repaired ") if mended.is_done else message("not repaired: ")
            click.echo(printable(f"{told}{value(mended.name)}: {in_locale(mended.done)}"), err=True)
            if mended.advice is not None:
                click.echo(printable(f"{'':{_STATUS_COLUMNS}} → {in_locale(mended.advice)}"), err=True)
    from pipelines.diagnosis import diagnose

    found = diagnose(target)
    if output_format == "json":
        click.echo(json.dumps([asdict(diagnosis) for diagnosis in found], ensure_ascii=False, indent=2))
    elif output_format == "text":
        for diagnosis in found:
            status = padded(value(diagnosis.status), _STATUS_COLUMNS)
            click.echo(printable(f"{status} {value(diagnosis.name)}: {in_locale(diagnosis.finding)}"))
            if diagnosis.advice is not None:
                click.echo(printable(f"{'':{_STATUS_COLUMNS}} → {in_locale(diagnosis.advice)}"))
    else:
        from pipelines.cli._tables import write_rows

        rows = [asdict(diagnosis) for diagnosis in found]
        write_rows(rows, ("status", "name", "finding", "advice"), output_format, sys.stdout)
    if any(diagnosis.status == "fault" for diagnosis in found):
        raise click.exceptions.Exit(1)
