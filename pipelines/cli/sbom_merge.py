"""`chainatlas sbom-merge`: one bill of materials for an enterprise."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._messages import message
from pipelines.cli._options import target_argument
from pipelines.cli._terminal import printable, say_next

if TYPE_CHECKING:
    from sbom.bom import Encoding


@click.command(
    short_help="Write one bill of materials for all repositories of an enterprise.",
    epilog="\b\nExample:\n  chainatlas sbom-merge ~/code --enterprise acme -o acme.cdx.json",
)
@target_argument
@click.option("--enterprise", required=True, metavar="ID", help="Id of the enterprise in the workspace.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to write the BOM; standard output by default.",
)
@click.option(
    "--format",
    "encoding",
    type=click.Choice(["json", "xml", "spdx"]),
    default="json",
    show_default=True,
    help="CycloneDX as JSON or XML, or SPDX 2.3 as JSON.",
)
@click.option("--spec-version", type=click.Choice(["1.6", "1.7"]), default="1.6", show_default=True)
def command(
    target: Path, *, enterprise: str, output: Path | None, encoding: "Encoding", spec_version: str
) -> None:
    """Merge the bills of materials that the last run over TARGET wrote.

    Each package stands there once, with every repository, file and line that names it as an occurrence, and
    the commit beside it. Repositories without a BOM are named on standard error.
    """
    from pipelines.bom_export import enterprise_bom
    from pipelines.cli._files import write_output
    from pipelines.discovery import find_state
    from sbom.bom import write_document

    document, absent = enterprise_bom(find_state(target), enterprise, spec_version)
    write_output(write_document(document, encoding), output)
    for repo_id in absent:
        told = message("without a BOM, so not in it: {repository}", repository=repo_id)
        click.echo(printable(told), err=True)
    if output is not None and encoding != "xml":
        say_next(f"chainatlas sbom-quality {output}", "what is missing from it by published profiles")
