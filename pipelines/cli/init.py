"""`chainatlas init`: write a first workspace.toml."""

import json
from pathlib import Path

import click

from pipelines.cli._messages import comments, in_locale, message
from pipelines.cli._options import format_option
from pipelines.cli._terminal import printable
from pipelines.errors import WorkspaceError


@click.command(
    short_help="Write a first workspace.toml for a folder of repositories.",
    epilog="\b\nExample:\n  chainatlas init ~/code && chainatlas run ~/code",
)
@click.argument("root", type=click.Path(path_type=Path), default=".")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; ROOT/workspace.toml by default.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@format_option("text", "json")
def command(root: Path, output: Path | None, force: bool, output_format: str) -> None:
    """Find the git repositories below ROOT and write a workspace.toml that runs as it is.

    Each first-level folder is guessed to be one enterprise; correct names, e-mail domains and districts.
    """
    from pipelines.discovery import discover_workspace
    from pipelines.workspace import WORKSPACE_FILE, load_workspace
    from pipelines.workspace_template import render_workspace

    path = output or root / WORKSPACE_FILE
    if path.exists() and not force:
        raise WorkspaceError(f"{path}: is there already; edit it, or replace it with --force")
    workspace = discover_workspace(root)
    content = comments(render_workspace(workspace, path.absolute().parent)).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written: {error.strerror}; name a file with -o") from None
    load_workspace(path)
    enterprises = workspace.settings.enterprises
    found = {owner.id: len(owner.repositories) for owner in enterprises}
    total = sum(found.values())
    if output_format == "json":
        click.echo(json.dumps({"path": str(path), "repositories": found}, ensure_ascii=False, indent=2))
        return
    told = message(
        "{path}: {enterprises} enterprises guessed, {repositories} repositories found",
        path=path,
        enterprises=len(found),
        repositories=total,
    )
    click.echo(printable(told))
    for text in workspace.guesses[1:]:
        click.echo(printable(f"  {in_locale(text)}"), err=True)
    told = message(
        "next: correct the enterprises in {path}, then {command}",
        path=path,
        command=f"chainatlas run {output or root}",
    )
    click.echo(printable(told))
