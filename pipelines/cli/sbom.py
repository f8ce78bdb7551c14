"""`chainatlas sbom`: the bill of materials of one repository."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._terminal import at_commit, printable

if TYPE_CHECKING:
    from datetime import datetime

    from sbom.bom import Encoding
    from sbom.model import ScanResult

_SHOWN = 5


@click.command(
    short_help="Write the bill of materials of one repository.",
    epilog="\b\nExample:\n  chainatlas sbom ~/code/shop --rev v2.1.0 -o shop.cdx.json",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--rev", metavar="REV", help="Branch, tag or commit to read instead of HEAD.")
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
@click.option(
    "--spec-version",
    type=click.Choice(["1.6", "1.7"]),
    default="1.6",
    show_default=True,
    help="Version of CycloneDX.",
)
@click.option("--author", metavar="'NAME <E-MAIL>'", help="Who answers for the document.")
@click.option("--supplier", metavar="NAME", help="Who supplies what the repository holds.")
@click.option(
    "--every",
    type=click.Choice(["month"]),
    help="Read the last commit of each month: a table of counts, and with -o FOLDER a BOM of each.",
)
@click.option(
    "--table",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
    help="How to print the table of --every.",
)
@click.option("--since", type=click.DateTime(["%Y-%m", "%Y-%m-%d"]), help="With --every: the first month.")
@click.option(
    "--maven-repository",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="A local Maven repository, for parents and BOMs that the poms of PATH name and do not hold.",
)
@click.option(
    "--with-crypto", is_flag=True, help="Add algorithms, keys, certificates and protocols (CBOM); JSON."
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
def command(
    path: Path,
    *,
    rev: str | None,
    output: Path | None,
    encoding: "Encoding",
    spec_version: str,
    author: str | None,
    supplier: str | None,
    every: str | None,
    table: str,
    since: "datetime | None",
    maven_repository: Path | None,
    with_crypto: bool,
    quiet: bool,
) -> None:
    """Write the CycloneDX bill of materials of the git repository or folder at PATH.

    Git repositories are read through their objects: work tree and index do not matter, bare repositories
    will do, and nothing of the repository is executed. The summary goes to standard error.

    With --every month, PATH is read at the end of each month in which the branch moved (its first-parent
    line, months in UTC). What most people ask of a history is how it went: a table on standard output, whose
    changes count packages per file, as `chainatlas diff` lists them. With -o FOLDER, the BOM of each month is
    written there too, as YYYY-MM.cdx.json or .xml, for tools that ask what was in use when.
    """
    import time
    from importlib.metadata import version

    from pipelines.cli._files import write_output
    from sbom.bom import build_bom
    from sbom.scan import scan_path

    if every is not None:
        if with_crypto:
            raise click.UsageError("--with-crypto speaks of one document; leave out --every")
        if author or supplier:
            raise click.UsageError("--author and --supplier speak of one document; leave out --every")
        from pipelines.cli._sbom_months import print_months, write_months

        months = write_months(
            path,
            rev,
            since=since.date() if since else None,
            folder=output,
            encoding=encoding,
            spec=spec_version,
            maven_repository=maven_repository,
        )
        print_months(months, table)
        return
    if since is not None:
        raise click.UsageError("--since needs --every month")
    if with_crypto and encoding != "json":
        raise click.UsageError("--with-crypto writes CycloneDX JSON; leave out --format")
    started = time.perf_counter()
    result = scan_path(path, rev, maven_repository=maven_repository)
    if with_crypto:
        from sbom.crypto.cbom import build_cbom
        from sbom.crypto.scan import scan_crypto

        content = build_cbom(
            scan_crypto(path, rev),
            result,
            version("chainatlas"),
            author=author,
            supplier=supplier,
            spec_version=spec_version,
        )
    else:
        content = build_bom(
            result,
            version("chainatlas"),
            author=author,
            supplier=supplier,
            spec_version=spec_version,
            encoding=encoding,
        )
    write_output(content, output)
    if not quiet:
        _summarise(result, time.perf_counter() - started)


def _summarise(result: "ScanResult", seconds: float) -> None:
    components = len({row.purl for row in result.components})
    edges = len({(row.from_purl, row.to_purl) for row in result.dependencies})
    unreadable = [row for row in result.unknowns if row.kind.is_unreadable]
    unresolved = len(result.unknowns) - len(unreadable)
    subject = at_commit(result.name, result.commit)
    told = message(
        "{subject}: {components} components, {edges} edges, {unreadable} unreadable, "
        "{unresolved} unresolved, {seconds:.2f} s",
        subject=subject,
        components=components,
        edges=edges,
        unreadable=len(unreadable),
        unresolved=unresolved,
        seconds=seconds,
    )
    _say(told)
    for row in unreadable[:_SHOWN]:
        _say(message("  unreadable: {path}: {reason}", path=row.path, reason=in_locale(row.reason)))
    if more := len(unreadable) - min(len(unreadable), _SHOWN):
        _say(message("  … {more} more: chainatlas:unreadable in the BOM's metadata.properties", more=more))
    if unresolved:
        told = message(
            "  unresolved: no exact version in the repository (a committed lock file would tell), or defined "
            "outside of it;\n  each is listed as chainatlas:unresolved in the BOM's metadata.properties"
        )
        _say(told)
    if not result.files_read:
        _say(message("  no lock file or manifest of a known format was found"))
    _say(message("  next: chainatlas run FOLDER brings all repositories below a folder into one report"))


def _say(line: str) -> None:
    click.echo(printable(line), err=True)
