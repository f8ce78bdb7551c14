"""`chainatlas serve`: the report as a living page, with filters, shocks and SQL over the whole data."""

import os
from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable

TOKEN_VARIABLE = "CHAINATLAS_TOKEN"  # noqa: S105  # its name, not the token


@click.command(
    short_help="Serve the report with filters, shocks and SQL over the whole data.",
    epilog="\b\nExamples:\n  chainatlas serve ~/code\n"
    "  chainatlas serve ~/code --host 0.0.0.0 --name atlas.example",
)
@target_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A name under which this server is reached; needed where it is not on this machine alone.",
)
def command(target: Path, host: str, port: int, names: tuple[str, ...]) -> None:
    """Serve the pages of TARGET until it is interrupted; nothing can be changed through it.

    A newly published warehouse is shown without a restart. On an address that others can reach a token is
    asked for: that in CHAINATLAS_TOKEN, or a new one that is printed. The connection is not encrypted: put a
    proxy with TLS in front of it.
    """
    import uvicorn

    from pipelines.discovery import find_state
    from pipelines.serve.access import is_loopback, new_token
    from pipelines.serve.app import make_app

    local = is_loopback(host)
    token = os.environ.get(TOKEN_VARIABLE) or (None if local else new_token())
    hosts = frozenset({"127.0.0.1", "localhost", "::1", host, *names})
    app = make_app(find_state(target), hosts, token)
    shown = names[0] if names else ("127.0.0.1" if local else host)
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    asked = f"?token={token}" if token is not None and TOKEN_VARIABLE not in os.environ else ""
    click.echo(printable(message("report: {page}", page=f"{address}/{asked}")))
    click.echo(printable(message("filters, shocks, SQL: {page}", page=f"{address}/explore")))
    if not local and not names:
        told = message("name the host by which others reach it with --name, or they are refused")
        click.echo(told, err=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        access_log=False,
    )
