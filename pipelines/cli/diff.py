"""`chainatlas diff`: what changed between the bills of materials of two commits."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli._messages import in_locale, message, value
from pipelines.cli._options import format_option
from pipelines.cli._terminal import printable, say_next

if TYPE_CHECKING:
    from pipelines.bom_diff import BomDiff
    from sbom.model import ScanResult


@click.command(
    short_help="Tell what changed between the components of two commits.",
    epilog="\b\nExample:\n  chainatlas diff ~/code/shop v2.0.0 v2.1.0",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("rev1")
@click.argument("rev2")
@format_option("table", "json", "csv", "markdown")
def command(path: Path, rev1: str, rev2: str, output_format: str) -> None:
    """Tell what REV2 of the git repository at PATH added, removed, upgraded or downgraded since REV1.

    Files are compared one by one: a lock file that moved has all its packages removed and added. `changed`
    stands where a constraint changed, or where the versions have no order that is known. Files that could not
    be read in one of both commits are named: what changed in them is not known.
    """
    import json

    from pipelines.bom_diff import diff_scans
    from sbom.revisions import open_revisions

    with open_revisions(path) as revisions:
        before, after = (revisions.scan(revisions.resolve(rev)) for rev in (rev1, rev2))
    diff = diff_scans(before, after)
    if output_format == "json":
        click.echo(json.dumps(_document(before, after, diff), ensure_ascii=False, indent=2))
    else:
        _write(before, after, diff, output_format)


def _document(before: "ScanResult", after: "ScanResult", diff: "BomDiff") -> dict[str, Any]:
    from pipelines.bom_diff import Change

    return {
        "before": {"commit": before.commit, "committed_at": before.committed_at},
        "after": {"commit": after.commit, "committed_at": after.committed_at},
        "counts": {change.value: diff.count(change) for change in Change},
        "changes": [
            {
                "path": row.path,
                "line": row.line,
                "change": row.change.value,
                "type": row.type,
                "namespace": row.namespace,
                "name": row.name,
                "before": row.before,
                "after": row.after,
                "is_constraint": row.is_constraint,
            }
            for row in diff.changes
        ],
        "unreadable": [{"path": path, "reason": reason} for path, reason in diff.doubtful.items()],
    }


def _write(before: "ScanResult", after: "ScanResult", diff: "BomDiff", output_format: str) -> None:
    import sys

    from pipelines.bom_diff import Change
    from pipelines.cli._tables import write_rows

    rows = [
        {
            "path": row.path,
            "line": row.line,
            "change": row.change.value,
            "component": row.title,
            "before": ", ".join(row.before),
            "after": ", ".join(row.after),
        }
        for row in diff.changes
    ]
    if output_format != "table" or rows:
        columns = ("path", "line", "change", "component", "before", "after")
        write_rows(rows, columns, output_format, sys.stdout)
    if output_format == "table":
        counts = message(", ").join(f"{diff.count(change)} {value(change.value)}" for change in Change)
        told = counts if diff.changes else message("no change in the components")
        commits = f"{(before.commit or '')[:12]} → {(after.commit or '')[:12]}"
        click.echo(printable(f"{after.name} {commits}: {told}"))
        say_next("chainatlas sbom PATH --every month", "how it went, month by month")
    for path, reason in diff.doubtful.items():
        told = message("not known, could not be read: {path}: {reason}", path=path, reason=in_locale(reason))
        click.echo(printable(told), err=True)
