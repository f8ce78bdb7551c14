"""`chainatlas contributions`: what each enterprise gives back to what it stands on."""

import sys
from pathlib import Path

import click

from pipelines.cli._messages import message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import say_next, shown_target

_QUERY = """
select
    ledger.enterprise_id,
    ledger.upstream_repo_id,
    ledger.repositories_direct,
    ledger.repositories_transitive,
    round(ledger.dependence, 3) as dependence,
    round(ledger.criticality, 3) as criticality,
    {people} as people,
    ledger.commits,
    ledger.change_requests,
    ledger.reviews,
    ledger.issues,
    ledger.releases,
    round(ledger.contribution, 3) as contribution,
    ledger.contribution_rests_on,
    round(ledger.balance, 3) as balance,
    round(ledger.trend, 3) as trend,
    ledger.contributor_absence_factor,
    ledger.forge_covered_on,
    ledger.joined_by
from mart.giveback_ledger as ledger
where ? is null or ledger.enterprise_id = ?
order by ledger.enterprise_id, ledger.balance nulls last, ledger.upstream_repo_id
"""
_WIDE = ("repositories_transitive", "contribution_rests_on", "forge_covered_on", "joined_by")
"""Columns that a terminal leaves out; the other formats have them."""
_OPPORTUNITIES = """
select
    enterprise_id,
    place,
    upstream_repo_id,
    round(score, 3) as score,
    round(dependence, 3) as dependence,
    contributor_absence_factor,
    round(response_hours) as response_hours,
    responsiveness_is_prior,
    round(criticality, 3) as criticality,
    times
from mart.giveback_opportunity
where enterprise_id is not distinct from ?
order by place nulls last, dependence desc, upstream_repo_id
"""


@click.command(
    short_help="What each enterprise gives back to the upstreams that it depends on.",
    epilog="\b\nExamples:\n  chainatlas contributions ~/code\n"
    "  chainatlas contributions ~/code --enterprise acme --format csv\n"
    "  chainatlas contributions ~/code --opportunities",
)
@target_argument
@click.option("--enterprise", metavar="ID", help="One enterprise of the workspace only.")
@click.option(
    "--opportunities",
    is_flag=True,
    help="The upstreams where one contribution would count most, for one enterprise or for all together.",
)
@format_option("table", "json", "csv", "markdown")
def command(target: Path, *, enterprise: str | None, opportunities: bool, output_format: str) -> None:
    """The give-back ledger of TARGET: dependence on each observed upstream against what is given back to it.

    Dependence is the share of the enterprise's observed repositories that use a package of the upstream,
    contribution the mean of its people's shares in the commits, change requests, reviews, issues and releases
    of the last 365 days, of those kinds that are known; the balance is their difference, the most one-sided
    first, the trend the difference to the year before. Empty cells are unknown, not zero: people who cannot
    be recognised, a history or a forge that was not read.
    """
    from pipelines.cli._tables import write_table
    from pipelines.discovery import find_state
    from pipelines.errors import PipelineError
    from warehouse.people import folded
    from warehouse.store.query import run_query

    published = find_state(target).published
    if enterprise is not None:
        known = run_query(published, "select enterprise_id from core.enterprise", 1_000_000).table
        if enterprise not in (ids := known["enterprise_id"].to_pylist()):
            raise PipelineError(f"no enterprise has the id {enterprise}; there are {', '.join(sorted(ids))}")
    if opportunities:
        result = run_query(published, _OPPORTUNITIES, 100_000, parameters=[enterprise])
    else:
        query = _QUERY.format(people=folded("ledger.people"))
        result = run_query(published, query, 100_000, parameters=[enterprise, enterprise])
    shown = result.table
    if output_format == "table" and not opportunities:
        shown = shown.drop_columns(list(_WIDE))
    write_table(shown, output_format, sys.stdout)
    if output_format == "table" and result.table.num_rows:
        say_next(f"chainatlas community REPOSITORY{shown_target(target)}", "how healthy an upstream is")
    if output_format == "table" and result.table.num_rows == 0:
        told = message(
            "no component comes from a repository observed here: name communities in workspace.toml"
        )
        click.echo(told, err=True)
