"""`chainatlas report`: write the static page anew."""

from pathlib import Path

import click

from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable


@click.command(
    short_help="Write the report from the published answers.",
    epilog="\b\nExample:\n  chainatlas report ~/code -o /srv/www/region",
)
@target_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to write it; the state folder's report/ by default.",
)
def command(target: Path, output: Path | None) -> None:
    """Write the static page of TARGET from its published warehouse and print where it is.

    The page works offline, from a file. `chainatlas run` writes it too whenever an answer changed.
    """
    from pipelines.discovery import find_state
    from reports.site import build_report

    state = find_state(target)
    click.echo(printable(str(build_report(state.published, output or state.report))))
