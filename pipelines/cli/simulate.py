"""`chainatlas simulate`: what fails here if something that the region stands on goes away."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pipelines.cli._messages import message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import say_next, shown_target

_SEGMENTS = 3


@click.command(
    short_help="What fails if a component, owner, country, maintainers or an enterprise go away.",
    epilog="\b\nExamples:\n  chainatlas simulate ~/code --remove owner:vmware\n"
    "  chainatlas simulate ~/code --remove country:US --remove component:pkg:npm/lodash --format json\n"
    "  chainatlas simulate ~/code --remove owner:oracle --remove owner:vmware --together",
)
@target_argument
@click.option(
    "--remove",
    "removed",
    multiple=True,
    required=True,
    metavar="KIND:SUBJECT",
    help="component:PURL, owner:ID (of the taxonomy), country:XX, maintainers:REPOSITORY or enterprise:ID. "
    "Given several times, the shocks are compared.",
)
@click.option("--together", is_flag=True, help="Let all shocks happen at once.")
@format_option("table", "json", "csv", "markdown")
def command(target: Path, removed: tuple[str, ...], together: bool, output_format: str) -> None:
    """Simulate shocks on TARGET's published answers.

    A repository fails directly if it asks for what is gone, by cascade if it gets it through others; after
    alternatives, what a segment's alternatives could replace no longer counts. A country's shock takes its
    companies, not the neutral foundations that sit there. JSON says which segments and enterprises fail. The
    same answers give the same result, which is kept in the state folder's simulations/.
    """
    import pyarrow as pa

    from pipelines.cli._tables import write_table
    from pipelines.discovery import find_state
    from pipelines.simulations import run_simulation

    simulation = run_simulation(find_state(target), removed, together)
    if output_format == "json":
        sys.stdout.write(json.dumps(simulation.content, ensure_ascii=False, indent=2) + "\n")
        return
    rows = [_row(result) for result in simulation.content["shocks"]]
    write_table(pa.Table.from_pylist(rows), output_format, sys.stdout, frozenset(rows[0]) - {"shock", "hit"})
    told = message(
        "packages gone; repositories that fail directly, by cascade, and still after alternatives; "
        "enterprises hit and still after; segments whose users lose most\n"
        "segment by segment: {path}",
        path=simulation.path,
    )
    click.echo(told, err=True)
    say_next(f"chainatlas gaps{shown_target(target)}", "which of these segments are weak already")


def _row(result: Mapping[str, Any]) -> dict[str, Any]:
    """One shock in a line; counts of repositories speak of those of the region that could be read."""
    totals = result["totals"]
    lost = [segment["segment_id"] for segment in result["segments"] if segment["users_lost"]]
    return {
        "shock": result["shock"],
        "gone": totals["removed_packages"],
        "direct": f"{totals['repositories_direct']}/{totals['repositories']}",
        "cascade": totals["repositories_cascade"],
        "after": totals["repositories_after"],
        "enterprises": totals["enterprises"],
        "still": totals["enterprises_after"],
        "hit": ", ".join(lost[:_SEGMENTS]),
    }
