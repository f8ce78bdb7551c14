"""`chainatlas backup`: write the state of a workspace to one file."""

from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable


@click.command(
    short_help="Write the state of a workspace to one file.",
    epilog="\b\nExample:\n  chainatlas backup ~/code -o backup.tar",
)
@target_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; only its owner may read it.",
)
def command(target: Path, output: Path) -> None:
    """Write warehouse, answers, BOMs, advisories and the key of the pseudonyms of TARGET to one tar file.

    The report is left out: `chainatlas report` makes it anew. Keep the file as safe as the state itself: it
    holds names and addresses of people, and the key by which their pseudonyms can be recomputed.
    """
    from pipelines.backup import write_backup
    from pipelines.discovery import find_state

    made = write_backup(find_state(target), output)
    size = made.size / (1 << 20)
    told = message("{files} files, {size:.1f} MiB: {path}", files=made.files, size=size, path=made.path)
    click.echo(printable(told))
    click.echo(printable(message("next: {command}", command=f"chainatlas restore {made.path} {target}")))
