"""`chainatlas advisories`: bring the advisories that exposures are found by."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli._exit_codes import BAD_INPUT
from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.cli._progress import ShownProgress
    from pipelines.crawl.advisories import AdvisorySource, UpdateOutcome
    from pipelines.settings import AdvisorySettings

_PARTS = 100


@click.group(name="advisories", short_help="Bring advisories for `chainatlas run`.")
def command() -> None:
    """Advisories in OSV form, KEV, EPSS, SSVC assessments and ends of life.

    \b
    Example:
      chainatlas advisories update
    """


@command.command(
    short_help="Bring what changed, from the network or from files.",
    epilog="\b\nExamples:\n"
    "  chainatlas advisories update --ecosystem npm --ecosystem Maven\n"
    "  chainatlas advisories update --archives https://mirror.example/osv --no-feeds\n"
    "  chainatlas advisories update --from /media/osv-2026-06 --format json",
)
@target_argument
@click.option("--ecosystem", "ecosystems", multiple=True, metavar="NAME", help="OSV ecosystem; repeatable.")
@click.option("--archives", metavar="URL", help="Bucket of <ecosystem>/all.zip archives; default: OSV's.")
@click.option(
    "--from", "origins", multiple=True, metavar="URL|PATH", help="Only this file or folder; repeatable."
)
@click.option("--no-feeds", is_flag=True, help="Leave out KEV, EPSS and other feeds.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@format_option("text", "table", "json", "csv", "markdown")
def update(
    target: Path,
    *,
    ecosystems: tuple[str, ...],
    archives: str | None,
    origins: tuple[str, ...],
    no_feeds: bool,
    quiet: bool,
    output_format: str,
) -> None:
    """Bring the newest advisories for TARGET, a workspace.toml or a folder (default: the current one).

    Only what changed is loaded, and a download that broke goes on where it stopped. A source that is
    incomplete, damaged or without a valid record changes nothing: its earlier version stays in force, and the
    exit code is 2. The next `chainatlas run` reads what is in force.
    """
    from pipelines.crawl.advisories import update_advisories
    from pipelines.discovery import find_settings

    settings, state = find_settings(target.absolute())
    sources = _sources(settings.advisories, ecosystems, archives, origins, no_feeds)
    state.prepare()
    outcomes = []
    with show_progress(quiet) as progress:
        for outcome in update_advisories(sources, state.advisories, _shown(progress)):
            outcomes.append(outcome)
            if output_format == "text":
                click.echo(printable(_line(outcome)))
    if output_format == "json":
        click.echo(json.dumps([_as_dict(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
    elif output_format != "text":
        from pipelines.cli._tables import write_rows

        columns = ("name", "origin", "status", "records", "rejected", "sha256", "error")
        write_rows([_as_dict(outcome) for outcome in outcomes], columns, output_format, sys.stdout)
    elif any(outcome.status == "updated" for outcome in outcomes):
        say_next(f"chainatlas run{shown_target(target)}", "finds exposures by what came")
    if any(outcome.status == "failed" for outcome in outcomes):
        raise click.exceptions.Exit(BAD_INPUT)


def _sources(
    settings: "AdvisorySettings",
    ecosystems: tuple[str, ...],
    archives: str | None,
    origins: tuple[str, ...],
    no_feeds: bool,
) -> "list[AdvisorySource]":
    from pipelines.crawl.advisories import archive_sources, default_sources, named_sources

    if origins:
        return [source for origin in origins for source in named_sources(origin)]
    defaults = default_sources()
    sources = archive_sources(
        archives or settings.archives or defaults["archives"],
        ecosystems or (defaults["ecosystems"] if settings.ecosystems is None else settings.ecosystems),
    )
    feeds = defaults["feeds"] if settings.feeds is None else settings.feeds
    return sources + [source for feed in ([] if no_feeds else feeds) for source in named_sources(feed)]


def _shown(progress: "ShownProgress") -> "Callable[[AdvisorySource], Callable[[int, int | None], None]]":
    """Show each download in hundredths of its size, where the server says its size."""

    def begin(source: "AdvisorySource") -> "Callable[[int, int | None], None]":
        shown = [-1]

        def advance(done: int, total: int | None) -> None:
            if not total:
                return
            if shown[0] < 0:
                progress.begin(source.name, _PARTS)
                shown[0] = 0
            while shown[0] < done * _PARTS // total:
                progress.advance()
                shown[0] += 1

        return advance

    return begin


def _line(outcome: "UpdateOutcome") -> str:
    if outcome.status == "failed":
        return message("failed: {reason}", reason=in_locale(str(outcome.error)))
    if outcome.status == "unchanged":
        return message("unchanged: {name}", name=outcome.source.name)
    rejected = ""
    if outcome.rejected:
        rejected = message(", {rejected} rejected (see raw.advisory_rejection)", rejected=outcome.rejected)
    told = message("updated: {name}: {records} records", name=outcome.source.name, records=outcome.records)
    return told + rejected


def _as_dict(outcome: "UpdateOutcome") -> dict[str, Any]:
    return {
        "name": outcome.source.name,
        "origin": outcome.source.origin,
        "status": outcome.status,
        "records": outcome.records if outcome.status == "updated" else None,
        "rejected": outcome.rejected if outcome.status == "updated" else None,
        "sha256": outcome.sha256,
        "error": outcome.error,
    }
