"""`chainatlas identities`: why names and addresses belong to one person, and who else may be one."""

import sys
from pathlib import Path

import click

from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import say_next, shown_target

_MERGES = """
select merge_id, rule, member_id, joined_to, repo_id, stated_on, is_undone
from core.identity_merge
where rule <> 'e-mail' or is_undone
order by rule, merge_id
"""
_SUGGESTIONS = """
select person_id, other_person_id, identity_id, other_identity_id, rule
from core.identity_suggestion
order by person_id, other_person_id
"""
_NAMES = """
with person as (
    select identity_id as key, min(name) as name, min(email) as email from raw.identity group by identity_id
    union all
    select canonical_email_id, min(canonical_name), min(canonical_email)
    from raw.identity
    group by canonical_email_id
)
select
    listed.*,
    one.name as name,
    one.email as email,
    other.name as other_name,
    other.email as other_email
from ({query}) as listed
left join person as one on one.key = listed.{one}
left join person as other on other.key = listed.{other}
"""


@click.command(
    short_help="Why names and addresses belong to one person, and who may be one.",
    epilog="\b\nExamples:\n  chainatlas identities ~/code\n  chainatlas identities --suggestions --names",
)
@target_argument
@click.option("--suggestions", is_flag=True, help="People with an equal full name instead of merges.")
@click.option("--names", is_flag=True, help="With names and addresses, from the private warehouse.")
@format_option("table", "json", "csv", "markdown")
def command(target: Path, *, suggestions: bool, names: bool, output_format: str) -> None:
    """List merges of names and addresses in TARGET (default: the current folder), but those by equal address.

    A merge that is wrong is undone by naming its id under undone_merges in workspace.toml. People with equal
    names are only suggestions; [[identities]] with emails and a day, on, joins them.
    """
    from pipelines.cli._tables import write_table
    from pipelines.discovery import find_state
    from pipelines.errors import PipelineError
    from warehouse.store.query import run_query

    state = find_state(target)
    query = _SUGGESTIONS if suggestions else _MERGES
    if not names:
        table = run_query(state.published, query, 1_000_000).table
    elif not state.warehouse.exists():
        raise PipelineError(f"{state.path}: holds no warehouse: `chainatlas run` makes it")
    else:
        from warehouse.store.database import open_database

        ends = ("identity_id", "other_identity_id") if suggestions else ("member_id", "joined_to")
        names_query = _NAMES.format(query=query, one=ends[0], other=ends[1])
        with open_database(state.warehouse) as con:
            table = con.sql(names_query).to_arrow_table()
    write_table(table, output_format, sys.stdout)
    if output_format == "table" and not suggestions:
        say_next(
            f"chainatlas identities --suggestions{shown_target(target)}", "equal names, to be joined by hand"
        )
