"""`chainatlas report`: write the pages anew."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable, say_next, shown_target


@click.command(
    short_help="Write the report from the published answers.",
    epilog="\b\nExamples:\n  chainatlas report ~/code -o /srv/www/region\n"
    "  chainatlas report ~/code --single --pdf",
)
@target_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to write it; the state folder's report/ by default.",
)
@click.option(
    "--single", is_flag=True, help="Write one self-contained file too, chainatlas.html, to send on."
)
@click.option(
    "--pdf", is_flag=True, help="Print the main pages to chainatlas.pdf with an installed Chromium."
)
def command(target: Path, output: Path | None, single: bool, pdf: bool) -> None:
    """Write the pages of TARGET from its published warehouse and print where they are.

    The pages work offline, from files: open index.html. `chainatlas run` writes them too whenever an answer
    changed.
    """
    from pipelines.discovery import find_state
    from reports.site import build_report, build_single
    from reports.site.pdf import print_pdf

    state = find_state(target)
    folder = output or state.report
    click.echo(printable(str(build_report(state.published, folder))))
    if single:
        click.echo(printable(str(build_single(state.published, folder / "chainatlas.html"))))
    if pdf:
        with TemporaryDirectory(prefix=".pdf-", dir=folder) as scratch:  # browsers may not see /tmp
            whole = build_single(state.published, Path(scratch) / "chainatlas.html")
            click.echo(printable(str(print_pdf(whole, folder / "chainatlas.pdf"))))
    say_next(f"chainatlas serve{shown_target(target)}", "the same pages with filters, shocks and SQL")
