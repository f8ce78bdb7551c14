"""`chainatlas registries`: ask package registries for what no repository tells."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli._exit_codes import BAD_INPUT
from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from pipelines.crawl.registry.update import PackageOutcome

_SHOWN = 10


@click.group(name="registries", short_help="Ask package registries for releases, licences, deprecations.")
def command() -> None:
    """Facts of npm, PyPI, Maven and other registries about the packages that the workspace uses.

    \b
    Example:
      chainatlas registries update
    """


@command.command(
    short_help="Ask for what is new, over the network or from saved documents.",
    epilog="\b\nExamples:\n"
    "  chainatlas registries update ~/code --type npm --type pypi\n"
    "  chainatlas registries update ~/code --limit 500\n"
    "  chainatlas registries update ~/code --from /media/registry-documents --format json",
)
@target_argument
@click.option("--type", "types", multiple=True, metavar="TYPE", help="purl type such as npm; repeatable.")
@click.option("--limit", type=click.IntRange(1), help="Ask for so many packages at most, direct ones first.")
@click.option(
    "--from",
    "saved",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Read saved documents, FOLDER/<type>/<name>.json, and ask nobody.",
    metavar="FOLDER",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@format_option("text", "table", "json", "csv", "markdown")
def update(
    target: Path,
    *,
    types: tuple[str, ...],
    limit: int | None,
    saved: Path | None,
    quiet: bool,
    output_format: str,
) -> None:
    """Ask for the packages that the last run of TARGET found (default: the current folder).

    Only packages that components of the workspace name are asked for, never a registry's whole list. Private
    packages of the workspace and what [registries] skip matches are never named to a registry. What was asked
    for lately is left out, documents are asked for on condition that they changed, and an update that is
    stopped goes on where it was. The next `chainatlas run` reads what came. Exit code 2: something failed.
    """
    from pipelines.crawl.registry.sources import default_sources
    from pipelines.crawl.registry.update import RegistryRequest, update_packages
    from pipelines.discovery import open_workspace
    from pipelines.package_list import named_packages
    from pipelines.state import locate_state

    workspace = open_workspace(target.absolute())
    state, settings = locate_state(workspace), workspace.settings.registries
    known = set(default_sources())
    if unknown := set(types) - known:
        raise click.UsageError(f"no registry is known for {', '.join(sorted(unknown))}")
    asked = set(types) or (known if saved else set(settings.urls))
    if not asked:
        raise click.UsageError(
            "nobody said where to ask: name addresses in workspace.toml, [registries] urls, or a folder of "
            "saved documents with --from"
        )
    packages = named_packages(state.published, asked, settings.skip)[:limit]
    state.prepare()
    request = RegistryRequest(
        state.registries, settings.urls, settings.days, settings.connections, settings.contact, saved
    )
    outcomes = []
    with show_progress(quiet) as progress:
        progress.begin("registries", len(packages))
        for outcome in update_packages(packages, request):
            outcomes.append(outcome)
            progress.advance()
    if output_format == "json":
        click.echo(json.dumps([_as_dict(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
    elif output_format == "text":
        _show(outcomes)
        say_next(f"chainatlas run{shown_target(target)}", "reads what came")
    else:
        from pipelines.cli._tables import write_rows

        columns = ("purl", "status", "releases", "error")
        write_rows([_as_dict(outcome) for outcome in outcomes], columns, output_format, sys.stdout)
    if any(outcome.status in ("failed", "postponed") for outcome in outcomes):
        raise click.exceptions.Exit(BAD_INPUT)


def _show(outcomes: "list[PackageOutcome]") -> None:
    counts = Counter(outcome.status for outcome in outcomes)
    told = message(", ").join(f"{counts[status]} {value(status)}" for status in sorted(counts))
    told = told or message("none is named")
    click.echo(message("{packages} packages: {statuses}", packages=len(outcomes), statuses=told))
    troubled = [outcome for outcome in outcomes if outcome.status in ("failed", "postponed")]
    for outcome in troubled[:_SHOWN]:
        told = in_locale(str(outcome.error))
        click.echo(printable(f"{value(outcome.status)}: {outcome.package.purl}: {told}"))
    if len(troubled) > _SHOWN:
        click.echo(message("and {more} more; --format json lists all", more=len(troubled) - _SHOWN))


def _as_dict(outcome: "PackageOutcome") -> dict[str, Any]:
    return {
        "purl": outcome.package.purl,
        "status": outcome.status,
        "releases": outcome.releases,
        "error": outcome.error,
    }
