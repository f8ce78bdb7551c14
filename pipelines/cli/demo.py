"""`chainatlas demo`: the sample region, from made repositories to a report."""

from pathlib import Path

import click

_FOLDER = "chainatlas-demo"
_FINDINGS = ("segment_balance", "exposure", "absence_factor")
"""One figure for each of the three readers."""


@click.command(
    short_help="Build a sample region and run everything on it.",
    epilog="\b\nExamples:\n  chainatlas demo\n  chainatlas demo /srv/chainatlas-demo",
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path(_FOLDER))
@click.pass_context
def command(context: click.Context, folder: Path) -> None:
    """Build a sample region of fictional enterprises in FOLDER (default: ./chainatlas-demo) and run on it.

    The repositories are real git repositories with years of commits and real lockfiles of real packages. The
    checkout of chainatlas itself joins them where there is one. No network is used.
    """
    from examples.build import build_sample_region
    from pipelines.cli import run
    from pipelines.cli._language import wants_chinese
    from pipelines.cli._messages import message
    from pipelines.cli._terminal import printable, say_next, shown_target
    from pipelines.discovery import open_workspace
    from pipelines.state import locate_state
    from reports.findings import read_findings

    told = message(
        "Building the sample region in {folder}; every enterprise in it is fictional …", folder=folder
    )
    click.echo(printable(told), err=True)
    workspace = build_sample_region(folder.absolute(), _own_checkout())
    try:
        context.invoke(run.command, target=workspace, output_format="text")
    except click.exceptions.Exit:
        told = message("The checks above found a fault in the tables; the answers are complete.")
        click.echo(told, err=True)
    state = locate_state(open_workspace(workspace))
    click.echo("\n" + message("Three things found:"))
    language = "zh-CN" if wants_chinese() else "en"
    for number, finding in enumerate(read_findings(state.published, _FINDINGS, language), start=1):
        click.echo(printable(f"  {number}. {finding.strip()}"))
    told = message("Open the report in a browser: {page}", page=state.report / "index.html")
    click.echo(f"\n{printable(told)}")
    say_next(f"chainatlas serve{shown_target(folder)}", "the same pages with filters, shocks and SQL")


def _own_checkout() -> Path | None:
    """The checkout that this module stands in; null where chainatlas was installed from a wheel."""
    root = Path(__file__).parents[2]
    return root if (root / ".git").exists() and (root / "run.py").is_file() else None
