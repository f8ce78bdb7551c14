"""`chainatlas why`: how a package or a vulnerability comes into the repositories."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from warehouse.lookup import Sighting


@click.command(
    short_help="Shortest dependency paths to a package or vulnerability.",
    epilog="\b\nExamples:\n  chainatlas why pkg:npm/minimist ~/code\n"
    "  chainatlas why CVE-2021-44228 ~/code --paths 20",
)
@click.argument("subject", metavar="PURL|ADVISORY")
@target_argument
@click.option(
    "--paths",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="Most paths per file and version.",
)
@format_option("text", "table", "json", "csv", "markdown")
def command(subject: str, target: Path, paths: int, output_format: str) -> None:
    """Show every file that names PURL, or a version that ADVISORY affects, in the workspace TARGET.

    For each the shortest paths from what the project asks for itself, with the line that asks for the first
    step. A purl without version means all versions; an advisory may be named by any alias. Components of
    which it cannot be said whether they are affected, such as those without a version, come last.
    """
    import json
    from contextlib import closing

    from pipelines.discovery import find_state
    from warehouse.lookup import find_sightings
    from warehouse.store.database import open_published

    with closing(open_published(find_state(target).published)) as con:
        sightings = find_sightings(con, subject, paths)
    if output_format == "json":
        click.echo(json.dumps([_as_json(sighting) for sighting in sightings], ensure_ascii=False, indent=2))
    elif output_format != "text":
        _write(sightings, output_format)
    else:
        for sighting in sightings:
            _print(sighting)
        if sightings:
            say_next(f"chainatlas blast {shlex.quote(subject)}{shown_target(target)}", "how far it reaches")
        else:
            told = message(
                "{subject}: no repository of the workspace is affected, as far as it can be seen",
                subject=subject,
            )
            click.echo(printable(told))


def _as_json(sighting: "Sighting") -> dict[str, object]:
    paths = sighting.paths
    return {
        "repository": sighting.repo_id,
        "enterprise": sighting.enterprise_id,
        "path": sighting.path,
        "line": sighting.line,
        "purl": sighting.purl,
        "vulnerabilities": sighting.group_ids,
        "cannot_say": sighting.reason,
        "hops": paths.hops if paths else None,
        "path_count": paths.count if paths else None,
        "paths": [
            {"line": line, "steps": steps}
            for line, steps in zip(sighting.first_lines, paths.paths if paths else (), strict=True)
        ],
    }


def _write(sightings: "list[Sighting]", output_format: str) -> None:
    """One row for each path, and one for what no path is known to."""
    import sys

    from pipelines.cli._tables import write_rows

    rows = []
    for sighting in sightings:
        place = sighting.path if sighting.line is None else f"{sighting.path}:{sighting.line}"
        row: dict[str, Any] = {"repository": sighting.repo_id, "where": place, "component": sighting.purl}
        row |= {"vulnerabilities": ", ".join(sighting.group_ids), "cannot_say": sighting.reason}
        paths = sighting.paths
        found = zip(sighting.first_lines, paths.paths, strict=True) if paths else ()
        shown: list[dict[str, Any]] = [
            {"path_count": paths.count if paths else None, "asked_at": line}
            | {"path": " → ".join(step.removeprefix("pkg:") for step in steps)}
            for line, steps in found
        ]
        rows += [row | path for path in shown or [{}]]
    columns = ("repository", "where", "component", "vulnerabilities", "cannot_say")
    write_rows(rows, (*columns, "path_count", "asked_at", "path"), output_format, sys.stdout)


def _print(sighting: "Sighting") -> None:
    place = sighting.path if sighting.line is None else f"{sighting.path}:{sighting.line}"
    found = f"  [{', '.join(sighting.group_ids)}]" if sighting.group_ids else ""
    doubt = ""
    if sighting.reason is not None:
        doubt = message("  cannot say: {reason}", reason=in_locale(sighting.reason))
    click.echo(printable(f"{sighting.repo_id} {place}: {sighting.purl}{found}{doubt}"))
    if sighting.paths is None:
        click.echo(message("    no path known: the file states no edges that lead to it"))
        return
    for line, steps in zip(sighting.first_lines, sighting.paths.paths, strict=True):
        where = message("line {line}: ", line=line) if line is not None else ""
        chain = " → ".join(step.removeprefix("pkg:") for step in steps)
        directly = message(" (asked for directly)") if len(steps) == 1 else ""
        click.echo(printable(f"    {where}{chain}{directly}"))
    if more := sighting.paths.count - len(sighting.paths.paths):
        click.echo(message("    … {more} more shortest paths", more=more))
