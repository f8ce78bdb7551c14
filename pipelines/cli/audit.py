"""`chainatlas audit`: what a repository, a bill of materials or a workspace is exposed to."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._files import write_output
from pipelines.cli._messages import in_locale, message
from pipelines.cli._terminal import printable, say_next, shown_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.audit.finding import Audit
    from sbom.crypto.model import CryptoResult
    from sbom.model import ScanResult

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    short_help="Findings and policy violations of a repository, BOM or workspace.",
    epilog="\b\nExamples:\n"
    "  chainatlas audit ~/code/shop --advisories ~/osv --policy policy.toml\n"
    "  chainatlas audit --bom shop.cdx.json --advisories ~/osv --format sarif -o shop.sarif\n"
    "  chainatlas audit ~/code/workspace.toml --baseline known.json",
)
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--bom", type=_FILE, metavar="FILE", help="Judge a CycloneDX or SPDX document instead.")
@click.option("--rev", metavar="REV", help="Branch, tag or commit to read instead of HEAD.")
@click.option(
    "--advisories",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder with OSV records, KEV, EPSS, vulnrichment, ends of life; may be repeated.",
)
@click.option("--policy", type=_FILE, metavar="FILE", help="Policy as TOML or YAML; see docs/audit.md.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="Violations known already fail nothing.")
@click.option("--write-baseline", type=_FILE, metavar="FILE", help="Write all violations as a baseline.")
@click.option(
    "--vex", type=_FILE, multiple=True, metavar="FILE", help="CycloneDX VEX or OpenVEX; repeatable."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day the answers hold for; default: today.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json", "csv", "markdown", "sarif", "cyclonedx", "openvex"]),
    default="table",
    show_default=True,
    help="How to write the result.",
)
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Where to write it; else standard output.")
def command(
    *,
    path: Path | None,
    bom: Path | None,
    rev: str | None,
    advisories: tuple[Path, ...],
    policy: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    vex: tuple[Path, ...],
    as_of: datetime | None,
    output_format: str,
    output: Path | None,
) -> None:
    """Find the vulnerabilities of the repository or folder at PATH, and judge them by a policy.

    A workspace.toml, or a folder that holds one, is judged as it was last published by `chainatlas run`.
    Nothing of a repository is executed, and no network is used.

    Exit code 1: something violates the policy and is not in the baseline. Without --policy that is known
    malware, what is known to be exploited, and what the decision table asks to fix within 14 days.

    Advisories are kept in the user's cache folder once they are read; a file that changes is read again. A
    damaged file is named on standard error, and what the others say is judged.
    """
    from pipelines.audit.baseline import write_baseline as save_baseline
    from pipelines.audit.run import Judgement, audit_published, audit_scan, write_audit

    if (path is None) == (bom is None):
        raise click.UsageError("name a PATH or a --bom FILE, and not both")
    by = Judgement(policy, baseline)
    published = _published(path) if path is not None and not advisories else None
    result: ScanResult | None = None
    if published is not None:
        if vex or rev or as_of is not None:
            raise click.UsageError(
                "--vex, --rev and --as-of are for a repository; a workspace names its statements under [vex] "
                "and its day as as_of, and `chainatlas run` reads both"
            )
        audit = audit_published(published, by)
    else:
        if not advisories:
            raise click.UsageError("--advisories DIR is needed; `chainatlas advisories update` brings them")
        result = _scan(path, bom, rev)
        day = as_of.date() if as_of is not None else datetime.now(UTC).date()
        audit = audit_scan(result, advisories, vex, day, by, scan_crypto=_crypto_scan(path, rev))
    if write_baseline is not None:
        save_baseline(write_baseline, audit.violations)
    if output_format in ("table", "csv", "markdown"):
        from pipelines.cli._audit_table import write_audit_rows, write_audit_table

        shown = (
            write_audit_table(audit) if output_format == "table" else write_audit_rows(audit, output_format)
        )
        _write_text(shown, output)
    else:
        write_output(write_audit(audit, output_format, result), output)
    if output_format != "table" or output is not None:
        click.echo(_summary(audit), err=True)
    if output_format == "table" and audit.findings:
        first = audit.findings[0].group_id
        if path is not None and published is not None:
            say_next(f"chainatlas why {first}{shown_target(path)}", "all paths to it")
        else:
            say_next(f"chainatlas why {first} WORKSPACE", "all paths to it in a workspace that was run")
    for reason in audit.coverage["advisory_files_not_read"]:
        click.echo(printable(message("advisories not read: {reason}", reason=in_locale(reason))), err=True)
    if audit.new_violations and write_baseline is None:
        sys.exit(1)


def _published(path: Path) -> Path | None:
    """The published warehouse of a workspace; null where `path` is a repository or folder."""
    from pipelines.discovery import find_state, find_workspace_file

    return find_state(path).published if find_workspace_file(path) is not None else None


def _scan(path: Path | None, bom: Path | None, rev: str | None) -> "ScanResult":
    if bom is not None:
        from sbom.imports import scan_bom

        return scan_bom(bom)
    from sbom.scan import scan_path

    assert path is not None, "either a path or a BOM"
    return scan_path(path, rev)


def _crypto_scan(path: Path | None, rev: str | None) -> "Callable[[], CryptoResult] | None":
    if path is None:
        return None

    def scan() -> "CryptoResult":
        from sbom.crypto.scan import scan_crypto

        return scan_crypto(path, rev)

    return scan


def _summary(audit: "Audit") -> str:
    from pipelines.cli._audit_table import summarise

    return printable(summarise(audit))


def _write_text(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(text.encode(), output)
