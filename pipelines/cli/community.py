"""`chainatlas community`: is it safe to depend on this upstream?"""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._messages import cell, heading
from pipelines.cli._options import format_option, target_argument

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDED = (
    "contributors_year",
    "contributors_core",
    "contributors_occasional",
    "contributors_new",
    "contributors_inactive",
)
_QUERY = """
select
    health.repo_id,
    source.joined_by,
    warning.standing,
    warning.warnings,
    warning.cannot_be_told,
    health.* exclude (repo_id) replace ({folded_counts})
from mart.community_health as health
join (
    select
        repo_id,
        any_value(standing) as standing,
        coalesce(list(warning order by weight, warning) filter (where holds), []) as warnings,
        coalesce(list(warning order by weight, warning) filter (where holds is null), []) as cannot_be_told
    from mart.community_warning
    group by repo_id
) as warning using (repo_id)
left join (select repo_id, joined_by, rank from core.package_source where package_key = ?) as source
    using (repo_id)
where health.repo_id = ? or source.repo_id is not null
order by source.rank, health.repo_id
"""


@click.command(
    short_help="Health card of an upstream: is it safe to depend on?",
    epilog="\b\nExamples:\n  chainatlas community pkg:pypi/requests ~/code\n"
    "  chainatlas community github.com/psf/requests ~/code --format json",
)
@click.argument("subject", metavar="PURL|REPOSITORY")
@target_argument
@format_option("table", "json", "csv", "markdown")
def command(subject: str, target: Path, output_format: str) -> None:
    """Health of the community behind a package or a repository of TARGET (default: the current folder).

    A package is found through the repositories of the workspace that publish it, that its registry names, or
    that its URL or a lock file points at; name its repository under communities in workspace.toml if it is
    not observed yet. The standing says what speaks against depending on it, warning by warning: at risk
    (archived or silent for a year), watch (several warnings), one warning, no warning, or not enough data.
    Empty cells are unknown, not zero. Fewer than five people are shown as <5, unless the workspace sets
    privacy.show_people.
    """
    from packageurl import PackageURL

    from pipelines.cli._tables import write_table
    from pipelines.cli._terminal import say_next, shown_target
    from pipelines.discovery import find_state
    from pipelines.errors import PipelineError
    from warehouse.people import folded
    from warehouse.store.query import run_query

    package = None
    if subject.startswith("pkg:"):
        try:
            purl = PackageURL.from_string(subject)
        except ValueError as error:
            raise PipelineError(f"{subject} is not a package URL: {error}") from None
        package = PackageURL(purl.type, purl.namespace, purl.name).to_string()
    counts = ", ".join(f"{folded(name)} as {name}" for name in _FOLDED)
    query = _QUERY.format(folded_counts=counts)
    table = run_query(find_state(target).published, query, parameters=[package, subject]).table
    if table.num_rows == 0:
        raise PipelineError(
            f"no observed repository is or publishes {subject}; name it under communities in workspace.toml"
        )
    write_table(_as_card(table) if output_format == "table" else table, output_format, sys.stdout)
    if package is None:
        say_next(f"chainatlas contributions{shown_target(target)}", "what the enterprises here give back")
    else:
        say_next(f"chainatlas blast {shlex.quote(package)}{shown_target(target)}", "who here stands on it")


def _as_card(table: "pa.Table") -> "pa.Table":
    """One line per fact and one column per repository: a card is read downwards."""
    import pyarrow as pa

    rows = table.to_pylist()
    facts = [name for name in table.column_names if name != "repo_id"]
    columns = {row["repo_id"]: [_shown(cell(name, row[name])) for name in facts] for row in rows}
    return pa.table({"": [heading(name) for name in facts], **columns})


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.2f}" if isinstance(value, float) else str(value)
