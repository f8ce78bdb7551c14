"""`chainatlas mirror`: clone and update the repositories that the workspace names by their address."""

import json
import sys
from dataclasses import asdict, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._exit_codes import BAD_INPUT
from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from pipelines.crawl.mirrors import MirrorRecord


@click.command(
    short_help="Clone and update the repositories that workspace.toml names by their address.",
    epilog="\b\nExamples:\n"
    "  chainatlas mirror\n"
    "  chainatlas mirror ~/region --only 'gitee.com/acme/*' --jobs 4\n"
    "  chainatlas mirror ~/region --format json",
)
@target_argument
@click.option(
    "--only", metavar="GLOB", help="Only repositories whose id matches, such as 'github.com/acme/*'."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 32), help="Repositories at once.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@format_option("text", "table", "json", "csv", "markdown")
def command(target: Path, *, only: str | None, jobs: int | None, quiet: bool, output_format: str) -> None:
    """Bring bare mirrors of TARGET's repositories up to date (default: the current folder).

    An entry of `repositories` may be an address, such as https://gitee.com/acme/app. Its mirror is kept in
    the state folder, where the next `chainatlas run` scans it. Protocols, sizes and times are bounded by
    [mirrors]; no hook or configuration is run and nobody is asked for a password. A token for a host is read
    from the variable CHAINATLAS_GIT_TOKEN_<HOST>, such as CHAINATLAS_GIT_TOKEN_GITEE_COM. What fails leaves
    the mirror as it was, is listed in raw.mirror, and the exit code is 2.
    """
    from pipelines.crawl.local import named_upstreams
    from pipelines.crawl.mirrors import MirrorLimits, MirrorRecord, update_mirrors
    from pipelines.discovery import open_workspace
    from pipelines.state import locate_state

    workspace = open_workspace(target.absolute())
    settings = workspace.settings.mirrors
    upstreams = [u for u in named_upstreams(workspace) if only is None or fnmatchcase(u.repo_id, only)]
    locate_state(workspace).prepare()
    limits = MirrorLimits(
        tuple(settings.protocols),
        settings.seconds,
        settings.mebibytes,
        settings.metadata_only,
        settings.with_change_requests,
    )
    records = []
    with show_progress(quiet) as progress:
        progress.begin("mirror", len(upstreams))
        for _, record in update_mirrors(upstreams, limits, jobs or settings.jobs):
            records.append(record)
            progress.advance()
            if output_format == "text":
                click.echo(printable(_line(record)))
    if output_format == "json":
        click.echo(json.dumps([asdict(record) for record in records], ensure_ascii=False, indent=2))
    elif output_format != "text":
        from pipelines.cli._tables import write_rows

        columns = tuple(field.name for field in fields(MirrorRecord))
        write_rows([asdict(record) for record in records], columns, output_format, sys.stdout)
    elif records:
        say_next(f"chainatlas run{shown_target(target)}", "scans what was mirrored")
    else:
        click.echo(message("no repository is named by its address; see `repositories` in workspace.toml"))
    if any(record.status == "failed" for record in records):
        raise click.exceptions.Exit(BAD_INPUT)


def _line(record: "MirrorRecord") -> str:
    told = f"{record.bytes / 1024**2:.1f} MiB, HEAD {(record.head_sha or value('none'))[:12]}"
    if record.reason:
        told = in_locale(record.reason)
    return f"{value(record.status)}: {record.repo_id}: {told}"
