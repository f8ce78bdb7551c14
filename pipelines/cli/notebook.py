"""`chainatlas notebook`: marimo notebooks over the published answers."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from pipelines import WORKSPACE_VARIABLE
from pipelines.cli._messages import message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import printable


@click.command(
    short_help="Open a notebook over the published answers, or copy one to change it.",
    epilog="\b\nExamples:\n  chainatlas notebook\n  chainatlas notebook planner ~/code\n"
    "  chainatlas notebook start --copy mine.py\n  chainatlas notebook mine.py ~/code --edit",
)
@click.argument("name", required=False, metavar="[NAME|FILE]")
@target_argument
@click.option(
    "--copy",
    "copy",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Copy the notebook to FILE, to change it.",
)
@click.option("--edit", is_flag=True, help="Open a copy of your own in marimo's editor.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; a free one by default.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@format_option("table", "json", "csv", "markdown")
def command(
    name: str | None,
    target: Path,
    *,
    copy: Path | None,
    edit: bool,
    port: int | None,
    no_browser: bool,
    output_format: str,
) -> None:
    """Show the notebook NAME (planner, security, ospo, start) as an app over the answers of TARGET.

    Without NAME the notebooks are listed. They show the report's figures with rows to search and lists to
    choose from, in Chinese or English, and can only read. A notebook of your own is a copy, FILE, which
    --edit opens in marimo's editor: it runs Python with your rights. Pages listen on this machine alone and
    ask for the token in the printed address. Needs marimo: pip install "chainatlas[notebooks]".
    """
    from notebooks import notebook_files
    from pipelines.discovery import find_state
    from pipelines.errors import PipelineError

    known = notebook_files()
    if name is None:
        _list(known, output_format)
        return
    path = known.get(name, Path(name))
    if not path.is_file():
        raise PipelineError(f"{name}: neither a notebook ({', '.join(known)}) nor a file")
    if copy is not None:
        _copy(path, copy)
        told = message("next: {command}", command=f"chainatlas notebook {copy} {target} --edit")
        click.echo(printable(told), err=True)
        return
    if edit and name in known:
        raise click.UsageError(f"--edit is for a file of your own: chainatlas notebook {name} --copy FILE")
    if find_spec("marimo") is None:
        raise PipelineError(
            'marimo is not installed: pip install "chainatlas[notebooks]", or pipx inject chainatlas marimo'
        )
    if not find_state(target).published.is_file():
        raise PipelineError(f"{target}: nothing is published there yet; `chainatlas run {target}` does it")
    words = ["-m", "marimo", "edit" if edit else "run", str(path), "--token", "--no-sandbox"]
    words += [] if edit else ["--no-check"]
    words += ["--headless"] if no_browser else []
    words += ["--port", str(port)] if port is not None else []
    environment = os.environ | {WORKSPACE_VARIABLE: str(target.absolute()), "MARIMO_SKIP_UPDATE_CHECK": "1"}
    os.execve(sys.executable, [sys.executable, *words], environment)  # noqa: S606  # our own words


def _list(known: dict[str, Path], output_format: str) -> None:
    import ast

    import pyarrow as pa

    from pipelines.cli._tables import write_table

    rows = [
        {"name": name, "about": (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()[0]}
        for name, path in known.items()
    ]
    write_table(pa.Table.from_pylist(rows), output_format, sys.stdout)
    if output_format == "table":
        click.echo(message("next: {command}", command="chainatlas notebook planner ~/code"), err=True)


def _copy(path: Path, to: Path) -> None:
    from pipelines.errors import PipelineError

    if to.exists():
        raise PipelineError(f"{to}: is there already; name another file")
    try:
        shutil.copyfile(path, to)
    except OSError as error:
        raise PipelineError(f"{to}: cannot be written: {error.strerror}") from error
