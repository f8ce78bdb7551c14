"""`chainatlas pull`: bring the answers that a run on another machine has published."""

from pathlib import Path

import click

from pipelines.cli._options import target_argument
from pipelines.cli._terminal import say_next, shown_target


@click.command(
    short_help="Bring the published answers from the workspace's storage.",
    epilog="\b\nExamples:\n  chainatlas pull ~/region && chainatlas serve ~/region",
)
@target_argument
def command(target: Path) -> None:
    """Fetch what the last run published to the storage of TARGET into the state folder of this machine.

    The workspace names it: [storage] address. Commands that ask for answers, such as query, report and serve,
    then work here as they do where the run was. What is here already stays if the storage fails.
    """
    from pipelines.discovery import open_workspace
    from pipelines.errors import PipelineError
    from pipelines.state import locate_state
    from pipelines.storage import PUBLISHED_KEY, open_store

    workspace = open_workspace(target.absolute())
    address = workspace.settings.storage.address
    if address is None:
        raise PipelineError(
            f"{workspace.path or workspace.root}: names no storage; add `[storage]` with `address`"
        )
    state = locate_state(workspace)
    state.prepare()
    open_store(address).get(PUBLISHED_KEY, state.published)
    click.echo(str(state.published))
    say_next(f"chainatlas report{shown_target(target)}", "writes the pages")
