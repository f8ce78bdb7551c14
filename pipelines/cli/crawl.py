"""`chainatlas crawl`: ask forges for issues, change requests, reviews, comments, releases and accounts."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._exit_codes import BAD_INPUT, INTERRUPTED
from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, shown_target

if TYPE_CHECKING:
    from pipelines.crawl.forge.repository import Outcome

_SHOWN = 20


@click.command(
    short_help="Ask GitHub, Gitee, GitCode and GitLab for what is new.",
    epilog="\b\nExamples:\n"
    "  GITHUB_TOKEN=… chainatlas crawl ~/region\n"
    "  chainatlas crawl ~/region --only gitee.com --full\n"
    "  chainatlas crawl ~/region --format json",
)
@target_argument
@click.option("--only", "hosts", multiple=True, metavar="HOST", help="Only this forge; repeatable.")
@click.option("--full", is_flag=True, help="Read everything again, which shows what was deleted.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@format_option("text", "table", "json", "csv", "markdown")
def command(target: Path, *, hosts: tuple[str, ...], full: bool, quiet: bool, output_format: str) -> None:
    """Ask the forges of TARGET's workspace.toml for its repositories (default: the current folder).

    Asked are the repositories of the workspace whose remote is at a host under [forges], and what is named
    there besides. Only what changed is asked for. A crawl that is stopped, killed or limited by the forge
    goes on where it was at the next time. Tokens are read from the environment or a file that only its owner
    can read; without one a forge is skipped, and raw.forge_crawl says so.

    Exit code 2: a forge failed to answer something.
    """
    from contextlib import closing

    from pipelines.crawl.local import observe_repositories
    from pipelines.discovery import open_workspace
    from pipelines.forge_stage import CrawlRequest, crawl_forges
    from pipelines.run_lock import hold_run_lock
    from pipelines.state import locate_state
    from warehouse.store.database import open_database

    workspace = open_workspace(target.absolute())
    forges = workspace.settings.forges
    if unknown := [host for host in hosts if host not in forges]:
        named = ", ".join(forges) or "none"
        raise click.UsageError(f"{', '.join(unknown)} is not among the [forges] of the workspace: {named}")
    if not forges:
        click.echo(
            message('no forge is named; add [forges."github.com"] to workspace.toml, see docs/forges.md')
        )
        return
    state = locate_state(workspace)
    state.prepare()
    repositories = observe_repositories(workspace).repositories
    request = CrawlRequest(workspace, repositories, state.person_key(), hosts, full)
    try:
        with (
            hold_run_lock(state),
            closing(open_database(state.warehouse)) as con,
            show_progress(quiet or output_format != "text") as progress,
        ):
            outcomes = crawl_forges(con, request, progress)
    except KeyboardInterrupt:
        click.echo(message("stopped; the next crawl goes on from what is stored"), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if output_format == "json":
        click.echo(json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
    elif output_format == "text":
        for line in _lines(outcomes, target):
            click.echo(printable(line))
    else:
        from pipelines.cli._tables import write_rows
        from pipelines.crawl.forge.repository import Outcome

        columns = tuple(field.name for field in fields(Outcome))
        write_rows([asdict(outcome) for outcome in outcomes], columns, output_format, sys.stdout)
    if any(outcome.status == "failed" for outcome in outcomes):
        raise click.exceptions.Exit(BAD_INPUT)


def _lines(outcomes: "list[Outcome]", target: Path) -> Iterator[str]:
    for host in dict.fromkeys(outcome.host for outcome in outcomes):
        ours = [outcome for outcome in outcomes if outcome.host == host]
        endings = Counter(outcome.status for outcome in ours)
        told = message(", ").join(f"{count} {value(status)}" for status, count in endings.most_common())
        rows, requests = sum(o.rows for o in ours), sum(o.requests for o in ours)
        yield message(
            "{host}: {rows} rows in {requests} requests; endpoints: {endings}",
            host=host,
            rows=rows,
            requests=requests,
            endings=told,
        )
    gaps = [o for o in outcomes if o.status not in ("complete", "unchanged")]
    for outcome in gaps[:_SHOWN]:
        told = f"{outcome.subject}: {outcome.endpoint}: {in_locale(str(outcome.reason))}"
        yield f"  {value(outcome.status)}: {told}"
    if len(gaps) > _SHOWN:
        yield message("  {more} more are not covered, see raw.forge_crawl", more=len(gaps) - _SHOWN)
    shown = shown_target(target)
    if any("rate limit" in str(outcome.reason) for outcome in gaps):
        yield message(
            "next: {command} once the limit is over, it goes on from here", command=f"chainatlas crawl{shown}"
        )
    else:
        yield message(
            "next: {command}, which builds the answers from what was read", command=f"chainatlas run{shown}"
        )
