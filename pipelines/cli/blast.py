"""`chainatlas blast`: how far a package or a vulnerability reaches."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from pipelines.cli._messages import message, value
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.lookup import Reach

_SHOWN = 10
_COLUMNS = (
    *("purl", "repositories", "repositories_direct", "repositories_transitive", "repositories_inferred"),
    *("enterprises", "segments", "dependents", "dependents_direct", "edges_known_share", "segment_ids"),
)


@click.command(
    short_help="Repositories, enterprises and chain segments that a package reaches.",
    epilog="\b\nExamples:\n  chainatlas blast pkg:maven/org.apache.logging.log4j/log4j-core ~/code\n"
    "  chainatlas blast CVE-2021-44228 ~/code --format json",
)
@click.argument("subject", metavar="PURL|ADVISORY")
@target_argument
@format_option("text", "table", "json", "csv", "markdown")
def command(subject: str, target: Path, output_format: str) -> None:
    """Show what stands on PURL, or on the versions that ADVISORY affects, in the workspace TARGET.

    Repositories directly (they ask for it themselves), transitively (their files name it) and by inference
    (through edges that another repository's file states, or a package whose source is another one); the
    enterprises that own them and the chain segments that they supply.
    """
    import json
    from contextlib import closing

    from pipelines.discovery import find_state
    from warehouse.lookup import find_reach
    from warehouse.store.database import open_published

    with closing(open_published(find_state(target).published)) as con:
        found = find_reach(con, subject)
    if output_format == "json":
        rows = [
            {
                **reach.row,
                "direct_in": reach.direct,
                "transitive_in": reach.transitive,
                "enterprises_direct_in": reach.enterprises_direct,
                "enterprises_transitive_in": reach.enterprises_transitive,
            }
            for reach in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if output_format != "text":
        _write(found, output_format)
        return
    for reach in found:
        _print(reach)
    if len(found) > 1:
        _print_all(found)
    if found:
        say_next(f"chainatlas why {shlex.quote(subject)}{shown_target(target)}", "by which paths and lines")
    else:
        told = message(
            "{subject}: reaches no repository of the workspace, as far as it can be seen", subject=subject
        )
        click.echo(printable(told))


def _write(found: "list[Reach]", output_format: str) -> None:
    import sys

    from pipelines.cli._tables import write_rows

    rows = [
        {name: reach.row[name] for name in _COLUMNS}
        | {"direct_in": ", ".join(reach.direct), "transitive_in": ", ".join(reach.transitive)}
        for reach in found
    ]
    write_rows(rows, (*_COLUMNS, "direct_in", "transitive_in"), output_format, sys.stdout)


def _print(reach: "Reach") -> None:
    row = cast(dict[str, Any], reach.row)
    told = message(
        "{purl}: {repositories} repositories ({repositories_direct} direct, {repositories_transitive} by "
        "name only, {repositories_inferred} inferred), {enterprises} enterprises, {segments} chain segments, "
        "{dependents} packages depend on it ({dependents_direct} directly)",
        **row,
    )
    click.echo(printable(told))
    for name, repositories, owners in (
        (message("direct in "), reach.direct, reach.enterprises_direct),
        (message("by name in "), reach.transitive, reach.enterprises_transitive),
    ):
        if repositories:
            of = message(" (enterprises: {names})", names=_listed(owners)) if owners else ""
            click.echo(printable(f"    {name}{_listed(repositories)}{of}"))
    if row["segment_ids"]:
        click.echo(printable(message("    segments: {names}", names=message(", ").join(row["segment_ids"]))))
    if row["edges_known_share"] < 1:
        told = message(
            "    edges are known for {share:.0%} of the repositories that name it: a lower bound",
            share=row["edges_known_share"],
        )
        click.echo(told)


def _print_all(found: "list[Reach]") -> None:
    """What all versions reach together; what is only inferred is counted for each version alone."""
    direct = {repo_id for reach in found for repo_id in reach.direct}
    named = direct | {repo_id for reach in found for repo_id in reach.transitive}
    owners = {owner for reach in found for owner in reach.enterprises_direct + reach.enterprises_transitive}
    segments = {segment for reach in found for segment in cast(list[str], reach.row["segment_ids"])}
    told = message(
        "all {versions} versions together: {repositories} repositories that name one ({direct} directly), "
        "{enterprises} enterprises: {owners}; {segments} chain segments: {names}",
        versions=len(found),
        repositories=len(named),
        direct=len(direct),
        enterprises=len(owners),
        owners=_listed(sorted(owners)) or value("none"),
        segments=len(segments),
        names=_listed(sorted(segments)) or value("none"),
    )
    click.echo(printable(told))


def _listed(names: "Sequence[str]") -> str:
    more = message(" … {more} more", more=len(names) - _SHOWN) if len(names) > _SHOWN else ""
    return message(", ").join(names[:_SHOWN]) + more
