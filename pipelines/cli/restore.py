"""`chainatlas restore`: put the state of a backup in place."""

from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable


@click.command(
    short_help="Put the state of a backup in place.",
    epilog="\b\nExample:\n  chainatlas restore backup.tar ~/code",
)
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@target_argument
def command(backup: Path, target: Path) -> None:
    """Make the state of TARGET what it was when BACKUP was written.

    Every file is checked by its SHA-256 before anything is replaced. A state that is there is moved aside and
    not removed.
    """
    from pipelines.backup import restore_backup
    from pipelines.discovery import find_state

    state = find_state(target)
    made = restore_backup(backup, state)
    told = message(
        "{files} files as of {time}: {state}", files=made.files, time=made.made_at, state=state.path
    )
    click.echo(printable(told))
    if made.replaced is not None:
        told = message(
            "what was there is now in {folder}; remove it when you need it no more", folder=made.replaced
        )
        click.echo(printable(told))
    click.echo(printable(message("next: {command}", command=f"chainatlas report {target}")))
