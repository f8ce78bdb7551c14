"""`chainatlas history`: the commits of one repository in a few numbers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option
from pipelines.cli._terminal import printable, say_next

if TYPE_CHECKING:
    from pipelines.crawl.history_summary import HistorySummary
    from pipelines.crawl.line_policies import LineCount

_SECONDS = 3600
_MOST_PROCESSES = 4
_UNKNOWNS_SHOWN = 5


@click.command(
    short_help="Count commits, authors and lines of one repository.",
    epilog="\b\nExamples:\n  chainatlas history ~/code/shop --rev main --format json\n"
    "  chainatlas history ~/code/shop --policies",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--rev", metavar="REV", help="Branch, tag or commit to read instead of HEAD.")
@click.option("--policies", is_flag=True, help="Lines under other policies too; each takes a reading.")
@format_option("table", "json", "csv", "markdown")
def command(path: Path, *, rev: str | None, policies: bool, output_format: str) -> None:
    """Count the commits, authors and changed lines that the git repository at PATH leads to.

    Authors are e-mails after .mailmap; lines are those of `git log --numstat --no-renames` without merges.
    The contributor absence factor is the smallest number of authors who made half of the commits without
    merges. What could not be read is told on standard error.
    """
    import json
    import os
    import secrets
    from dataclasses import asdict, replace

    from pipelines.crawl.history import read_history
    from pipelines.crawl.history_summary import summarise_history
    from pipelines.errors import CrawlError
    from sbom.git import find_git_dir
    from sbom.limits import DEFAULT_LIMITS

    git_dir = find_git_dir(path)
    if git_dir is None:
        if not path.exists():
            raise CrawlError(f"{path}: no such folder")
        raise CrawlError(f"{path}: not a git repository; name a work tree or a bare repository")
    history = read_history(
        git_dir,
        repo_id=path.resolve().name,
        person_key=secrets.token_bytes(),
        rev=rev,
        processes=min(os.cpu_count() or 1, _MOST_PROCESSES),
        limits=replace(DEFAULT_LIMITS, seconds=_SECONDS),
    )
    summary = summarise_history(history)
    counts = _count_policies(git_dir, summary.head) if policies and summary.head is not None else ()
    if output_format == "json":
        shown = asdict(summary) | ({"line_policies": [asdict(count) for count in counts]} if policies else {})
        click.echo(json.dumps(shown, indent=2))
    else:
        _print_counts(summary, counts, output_format)
    _tell_unknowns(summary)
    if output_format == "table":
        say_next(f"chainatlas exposure {path} --advisories DIR", "when vulnerabilities came in and went out")


def _print_counts(summary: "HistorySummary", counts: "tuple[LineCount, ...]", output_format: str) -> None:
    import sys

    from pipelines.cli._tables import write_rows

    rows = (
        ("commits", summary.commits),
        ("without merges", summary.commits_no_merges),
        ("on the first-parent line", summary.commits_first_parent),
        ("authors", summary.authors),
        ("lines added", summary.added),
        ("lines deleted", summary.deleted),
        ("contributor absence factor", summary.contributor_absence_factor),
        *((f"lines added, {count.policy.id}", count.added) for count in counts),
        *((f"lines deleted, {count.policy.id}", count.deleted) for count in counts),
    )
    write_rows(
        [{"count": name, "value": value} for name, value in rows],
        ("count", "value"),
        output_format,
        sys.stdout,
    )
    if output_format == "table":
        for count in counts:
            click.echo(f"{count.policy.id}: {count.policy.text}", err=True)


def _count_policies(git_dir: Path, head: str) -> "tuple[LineCount, ...]":
    from pipelines.crawl.line_policies import count_lines, line_policies
    from sbom.git import open_view

    with open_view(git_dir) as view:
        return tuple(count_lines(view, head, policy, _SECONDS) for policy in line_policies())


def _tell_unknowns(summary: "HistorySummary") -> None:
    for reason in summary.unknowns[:_UNKNOWNS_SHOWN]:
        click.echo(printable(message("unknown: {reason}", reason=in_locale(reason))), err=True)
    if len(summary.unknowns) > _UNKNOWNS_SHOWN:
        told = message("  … {more} more with --format json", more=len(summary.unknowns) - _UNKNOWNS_SHOWN)
        click.echo(told, err=True)
