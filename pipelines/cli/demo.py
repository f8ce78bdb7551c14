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
    from pipelines.cli._terminal import printable, say_next, shown_target
    from pipelines.discovery import open_workspace
    from pipelines.state import locate_state
    from reports.findings import read_findings
    from reports.texts import Words

    words = Words("zh-CN" if wants_chinese() else "en")
    click.echo(printable(words("demo.building", folder=folder)), err=True)
    workspace = build_sample_region(folder.absolute(), _own_checkout())
    try:
        context.invoke(run.command, target=workspace, output_format="text")
    except click.exceptions.Exit:
        click.echo(words("demo.fault"), err=True)
    state = locate_state(open_workspace(workspace))
    click.echo(f"\n{words('demo.found')}")
    for number, finding in enumerate(read_findings(state.published, _FINDINGS, words.language), start=1):
        click.echo(printable(f"  {number}. {finding.strip()}"))
    click.echo(printable(f"\n{words('demo.open', page=state.report / 'index.html')}"))
    say_next(f"chainatlas serve{shown_target(folder)}", words("demo.next"))


def _own_checkout() -> Path | None:
    """The checkout that this module stands in; null where chainatlas was installed from a wheel."""
    root = Path(__file__).parents[2]
    return root if (root / ".git").exists() and (root / "run.py").is_file() else None
