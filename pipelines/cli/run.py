"""`chainatlas run`: bring everything up to date, from the repositories to the report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._exit_codes import INTERRUPTED
from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._progress import show_progress
from pipelines.cli._terminal import printable, shown_target

if TYPE_CHECKING:
    from pipelines.run_summary import RunSummary

_SHOWN = 10
_SLOWEST = 5
_QUERY = "select package_key, repositories, versions from mart.component_use order by 2 desc limit 20"


@click.command(
    short_help="Scan what changed, build the answers, write the report.",
    epilog="\b\nExamples:\n  chainatlas run ~/code\n  chainatlas run workspace.toml --jobs 4 --format json\n"
    "  chainatlas run --only acme --only 'gitee.com/*'\n  chainatlas run --rescan --since 30d",
)
@target_argument
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Scan processes; default: CPUs.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Scan this enterprise or repository alone (id, name or pattern); may be repeated.",
)
@click.option(
    "--since",
    default="",
    metavar="WHEN",
    help="Scan only what got another HEAD here since a date, or within 12h, 7d, 2w; and what is new.",
)
@click.option(
    "--executor",
    type=click.Choice(["celery", "dask", "k8s", "multiprocess"]),
    help="Let other machines scan, over a state folder that all of them see; see docs/operations.md.",
)
@click.option(
    "--executor-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Configuration of the executor, YAML as Dagster reads it.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    help="What runs the SQL models. Spark needs chainatlas[spark] and a Java.",
)
@click.option(
    "--master",
    metavar="URL",
    help="Spark's master, such as spark://host:7077; its workers see the state folder. Default: local[*].",
)
@click.option("--rescan", is_flag=True, help="Scan unchanged repositories too.")
@click.option("--no-report", is_flag=True, help="Publish the answers without writing the page.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; errors and the summary only.")
@format_option("text", "json")
def command(
    target: Path,
    *,
    jobs: int | None,
    only: tuple[str, ...],
    since: str,
    executor: str | None,
    executor_config: Path | None,
    engine: str,
    master: str | None,
    rescan: bool,
    no_report: bool,
    quiet: bool,
    output_format: str,
) -> None:
    """Bring everything up to date for TARGET, a workspace.toml or a folder (default: the current one).

    A folder without workspace.toml is searched for git repositories, and each of its subfolders is taken for
    one enterprise. Repositories whose HEAD has not moved are not scanned again, nor are those that --only
    does not name. A repository that fails is reported and the others go on; a run that is interrupted is
    continued by the next one.

    Exit code 1: the run is complete, but a check of the tables found a fault.
    """
    from pipelines.run import run_pipeline

    if master is not None and engine != "spark":
        raise click.UsageError("--master is for --engine spark")
    try:
        with show_progress(quiet) as progress:
            summary = run_pipeline(
                target.absolute(),
                progress,
                with_report=not no_report,
                workers=jobs or 0,
                rescan=rescan,
                only=list(only),
                since=since,
                executor=executor or "",
                executor_config=str(executor_config.absolute()) if executor_config else "",
                spark_master=(master or "local[*]") if engine == "spark" else "",
            )
    except KeyboardInterrupt:
        click.echo(message("stopped; the next run goes on from what has been scanned"), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if output_format == "json":
        click.echo(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(summary, target):
            click.echo(printable(line))
    if summary.errors:
        raise click.exceptions.Exit(1)


def _lines(summary: "RunSummary", target: Path) -> Iterator[str]:
    counts = summary.counts
    yield message(
        "{repositories} repositories of {enterprises} enterprises and communities: {scanned} scanned, "
        "{unchanged} unchanged, {failed} failed, {seconds:.1f} s",
        repositories=counts["repositories"],
        enterprises=counts["enterprises"],
        scanned=summary.scanned,
        unchanged=summary.unchanged,
        failed=len({failure.repository for failure in summary.failures}),
        seconds=summary.seconds,
    )
    if summary.left_out:
        yield message(
            "  {left_out} were not asked for with --only or --since; what is known of them stays",
            left_out=summary.left_out,
        )
    if summary.resumed:
        yield message(
            "  {resumed} scans were taken over from a run that was interrupted", resumed=summary.resumed
        )
    for failure in summary.failures[:_SHOWN]:
        yield message(
            "  failed: {repository}: {scanner}: {reason}",
            repository=failure.repository,
            scanner=failure.scanner,
            reason=in_locale(failure.reason),
        )
    if len(summary.failures) > _SHOWN:
        yield message("  failed: {more} more, see mart.scan_failure", more=len(summary.failures) - _SHOWN)
    yield message(
        "{components} components, {edges} edges, {commits} commits, {unknowns} unknowns; {built} tables "
        "built anew, {unchanged} unchanged",
        **{name: counts[name] for name in ("components", "edges", "commits", "unknowns")},
        built=summary.models_built,
        unchanged=summary.models_unchanged,
    )
    if 0 < summary.scanned < summary.unchanged and summary.rebuilt:
        slowest = [f"{name} {wall / 1000:.1f} s" for name, wall in list(summary.rebuilt.items())[:_SLOWEST]]
        yield message(
            "  {renewed} tables built for what changed alone, {rebuilt} in full, the slowest: {slowest}; all "
            "with --format json",
            renewed=len(summary.renewed),
            rebuilt=len(summary.rebuilt),
            slowest=", ".join(slowest),
        )
    for check in (*summary.errors, *summary.warnings):
        facts = (f"{value(name)}: {fact}" for name, fact in check.told().items())
        told = f"{check.table}: {value(check.name)}: {message(', ').join(facts)}"
        yield message("  check: {text}", text=told)
    if summary.report is not None:
        yield message("report: {page}", page=summary.report)
    yield message("next: {command}", command=f'chainatlas query{shown_target(target)} "{_QUERY}"')
