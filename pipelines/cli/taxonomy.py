"""`chainatlas taxonomy`: is the taxonomy sound, and does it fit this workspace?"""

import json
import sys
from pathlib import Path

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import printable, say_next, shown_target


@click.group(
    short_help="Check the industry chains' rules against their files and this workspace.",
    epilog="\b\nExample:\n  chainatlas taxonomy check ~/code",
)
def command() -> None:
    """The industry chains, their segments and evidence rules, as the workspace's taxonomy files say."""


@command.command(
    short_help="Mistakes in the files, rules that never match, components that no rule claims.",
    epilog="\b\nExamples:\n  chainatlas taxonomy check ~/code\n"
    "  chainatlas taxonomy check ~/code --unclaimed 200 --format json\n"
    "  chainatlas taxonomy check ~/code --min-claimed 0.5",
)
@target_argument
@click.option("--unclaimed", type=click.IntRange(min=0), default=20, show_default=True, help="Rows shown.")
@click.option(
    "--min-claimed",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Exit with 1 if rules claim a smaller share of the direct dependencies.",
)
@format_option("table", "json", "csv", "markdown")
def check(target: Path, unclaimed: int, min_claimed: float | None, output_format: str) -> None:
    """Check TARGET's taxonomy.

    Mistakes in the files (an owner that is not known, a rule given twice, a purl that is not canonical,
    weights that do not add up) are named by file and line and end with exit code 2. What the last run found
    says how the rules fit: rules that never match here, hints that do and count for nothing, and the
    components that no rule claims, the most used first.
    """
    from pipelines.discovery import find_state, open_workspace
    from pipelines.taxonomy_check import check_taxonomy

    found = check_taxonomy(open_workspace(target).taxonomy_folders, find_state(target).published, unclaimed)
    if output_format == "json":
        sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        from pipelines.cli._tables import write_rows

        for line in found.lines():
            click.echo(printable(in_locale(line)), err=output_format != "table")
        columns = ("repositories", "enterprises", "package_key", "is_hinted")
        if found.unclaimed or output_format != "table":
            write_rows(found.unclaimed, columns, output_format, sys.stdout)
        if output_format == "table":
            say_next(f"chainatlas gaps{shown_target(target)} --all", "what the rules lead to")
    if min_claimed is not None and (found.claimed_share or 0) < min_claimed:
        told = message("rules claim less than {share:.0%} of the direct dependencies", share=min_claimed)
        click.echo(told, err=True)
        sys.exit(1)
