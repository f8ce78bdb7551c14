"""`chainatlas ui`: the Dagster UI on the same assets."""

import os
import sys
from pathlib import Path

import click

from pipelines import WORKSPACE_VARIABLE
from pipelines.cli._options import target_argument


@click.command(
    short_help="Open the Dagster UI on the same pipeline.",
    epilog="\b\nExample:\n  chainatlas ui ~/code --port 3333",
)
@target_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def command(target: Path, host: str, port: int) -> None:
    """Serve the Dagster UI for TARGET until it is interrupted.

    What `chainatlas run` does can be run there too, as a whole or asset by asset, with its history, checks
    and the nightly schedule. The UI has no login: keep it on an address that only you can reach.
    """
    from pipelines.dagster_home import prepare_dagster_home
    from pipelines.discovery import open_workspace
    from pipelines.state import locate_state

    target = target.absolute()
    state = locate_state(open_workspace(target))
    state.prepare()
    environment = os.environ | {
        "DAGSTER_HOME": str(prepare_dagster_home(state.dagster)),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        WORKSPACE_VARIABLE: str(target),
    }
    quiet = ["-W", "ignore:Function `dev_command`"]  # `dg dev`, which it names, wants a project of its own
    words = ["-m", "dagster", "dev", "-m", "pipelines.definitions", "--host", host, "--port", str(port)]
    os.chdir(state.path)  # a dagster.yaml in the user's folder is none of ours
    os.execve(sys.executable, [sys.executable, *quiet, *words], environment)  # noqa: S606  # our own words
