"""`chainatlas exposure`: when vulnerabilities came into repositories and went out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option
from pipelines.cli._terminal import printable, say_next

if TYPE_CHECKING:
    from pipelines.exposure_history import ExposureHistory


@click.command(
    short_help="When vulnerabilities came into a repository or workspace and went out.",
    epilog="\b\nExamples:\n  chainatlas exposure ~/code/shop --advisories ~/osv --since 2024-01-01\n"
    "  chainatlas exposure ~/code/shop --advisories ~/osv --tags 'v*' --format json\n"
    "  chainatlas exposure ~/code/workspace.toml",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--advisories",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder with OSV records and their like; may be repeated.",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what is older.")
@click.option("--tags", metavar="PATTERN", help="Release tags, such as 'v*', instead of one commit a month.")
@format_option("table", "json", "csv", "markdown")
def command(
    path: Path, advisories: tuple[Path, ...], since: datetime | None, tags: str | None, output_format: str
) -> None:
    """Scan one commit a month (or the release tags) of the git repository at PATH, without a checkout.

    A workspace.toml, or a folder that holds one, is shown as `chainatlas run` last published it; [snapshots]
    in it says what of the past is read.

    Each snapshot is judged by the advisories as they are now. An exposure came in some time before the first
    snapshot that has it (≤: the first of all has it already), and went out some time before the first
    without it. Mean time to remediate counts from the publication of the vulnerability, or from its entry
    where that is later, over what went out.
    """
    import json
    import sys
    from dataclasses import asdict

    from pipelines.discovery import find_state, find_workspace_file
    from pipelines.exposure_history import read_exposure_history, read_published_history

    if advisories:
        day = since.date() if since is not None else None
        history = read_exposure_history(path, advisories, datetime.now(UTC).date(), since=day, tags=tags)
    elif find_workspace_file(path) is None:
        raise click.UsageError("--advisories DIR is needed; `chainatlas advisories update` brings them")
    elif since is not None or tags is not None:
        raise click.UsageError("--since and --tags are for a repository; a workspace says it in [snapshots]")
    else:
        history = read_published_history(find_state(path).published)
    if output_format == "json":
        sys.stdout.write(json.dumps(asdict(history), ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        _write(history, output_format)


def _write(history: "ExposureHistory", output_format: str) -> None:
    import sys

    from pipelines.cli._tables import write_rows

    several = len({snapshot["repo_id"] for snapshot in history.snapshots}) > 1
    rows = [
        {
            **({"repository": window["repo_id"]} if several else {}),
            "in": ("≤ " if window["began_earlier"] else "") + window["entered_snapshot"],
            "out": window["left_snapshot"],
            "days": window["days"],
            "known": window["days_known"],
            "severity": window["severity"] or "unrated",
            "vulnerability": window["group_id"],
            "package": window["package_key"].removeprefix("pkg:"),
            "versions": ", ".join(window["versions"]) or "not known",
        }
        for window in history.windows
    ]
    first = ("repository",) if several else ()
    columns = (*first, "in", "out", "days", "known", "severity", "vulnerability", "package", "versions")
    if rows or output_format != "table":
        write_rows(rows, columns, output_format, sys.stdout)
    still = sum(window["left_snapshot"] is None for window in history.windows)
    mean = history.mean_days_to_remediate
    took = message("none was remediated")
    if mean is not None:
        took = message("{days:.0f} days to remediate on average", days=mean)
    told = message(
        "{snapshots} snapshots, {exposures} exposures, {still} still in; {took}",
        snapshots=len(history.snapshots),
        exposures=len(rows),
        still=still,
        took=took,
    )
    click.echo(told, err=output_format != "table")
    if output_format == "table" and still:
        say_next("chainatlas audit PATH --advisories DIR", "what to do first about what is still in")
    for reason in history.unread:
        click.echo(printable(message("not read: {reason}", reason=in_locale(reason))), err=True)
