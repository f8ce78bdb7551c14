"""`chainatlas crypto`: the cryptography of one repository."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli._files import write_output
from pipelines.cli._messages import cell, in_locale, message
from pipelines.cli._options import format_option
from pipelines.cli._terminal import at_commit, printable, say_next

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sbom.crypto.changes import CryptoChange
    from sbom.crypto.model import CryptoOccurrence, CryptoResult
    from sbom.crypto.policy import Policy

_SHOWN = 5
_COLUMNS = ("where", "algorithm", "verdicts", "findings", "api", "context")
_DEFAULT_POLICY = "international"


@click.command(
    short_help="Find algorithms, keys and certificates in one repository.",
    epilog="\b\nExample:\n  chainatlas crypto ~/code/shop --rev v2.1.0 --format jsonl > shop-crypto.jsonl",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--rev", metavar="REV", help="Branch, tag or commit to read instead of HEAD.")
@format_option("table", "json", "jsonl", "csv", "markdown", "cyclonedx", "sarif")
@click.option(
    "--fail-on",
    type=click.Choice(["high", "medium"]),
    help="Exit with 1 if a finding of this severity or above stands in the product's own code.",
)
@click.option(
    "--since",
    metavar="REV",
    help="Tell only what changed since this commit: sites that are new, gone or changed.",
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME",
    help="Verdicts of this policy (international, national, one of --policies); several may be named. Where "
    "none is, rows tell those of the international one, jsonl and sarif none. --fail-on asks for them too.",
)
@click.option(
    "--policies",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="A folder of your own policies, as in sbom/crypto/policies.",
)
@click.option(
    "--spec-version",
    type=click.Choice(["1.6", "1.7"]),
    default="1.7",
    show_default=True,
    help="Version of CycloneDX for --format cyclonedx.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
def command(
    path: Path,
    rev: str | None,
    output_format: str,
    *,
    fail_on: str | None,
    since: str | None,
    policies: tuple[str, ...],
    folder: Path | None,
    spec_version: str,
    quiet: bool,
) -> None:
    """List the cryptography that the git repository or folder at PATH uses, one line per site.

    Nothing of the repository is executed and no network is used. An algorithm that the code does not tell is
    listed as unknown, never guessed. The summary goes to standard error.
    """
    import time

    from sbom.crypto.outputs import has_finding, to_jsonl, to_sarif
    from sbom.crypto.scan import scan_crypto

    if since is not None and output_format in ("cyclonedx", "sarif"):
        raise click.UsageError("--since tells changes as rows: table, json, jsonl, csv or markdown")
    if policies and output_format == "cyclonedx":
        raise click.UsageError("a CBOM holds no verdicts: --policy is for rows, jsonl and sarif")
    chosen = _chosen(policies, folder)
    judges = chosen or _chosen((_DEFAULT_POLICY,), None)
    started = time.perf_counter()
    result = scan_crypto(path, rev)
    if since is not None:
        from sbom.crypto.changes import compare
        from sbom.crypto.outputs import to_changes_jsonl

        changes = compare(scan_crypto(path, since).occurrences, result.occurrences)
        if output_format == "jsonl":
            write_output(to_changes_jsonl(changes), None)
        else:
            _write_rows(_change_rows(changes, judges), ("change", *_COLUMNS, "was"), output_format)
    elif output_format == "jsonl":
        write_output(to_jsonl(result.occurrences, chosen), None)
    elif output_format == "cyclonedx":
        from sbom.crypto.cbom import build_cbom
        from sbom.scan import scan_path

        write_output(
            build_cbom(result, scan_path(path, rev), _tool_version(), spec_version=spec_version), None
        )
    elif output_format == "sarif":
        write_output(to_sarif(result, _tool_version(), chosen), None)
    else:
        _write_rows([_row(row, judges) for row in result.occurrences], _COLUMNS, output_format)
    if not quiet:
        _summarise(result, time.perf_counter() - started)
        for policy in judges:
            _count_verdicts(result.occurrences, policy)
        if output_format == "table":
            say_next(f"chainatlas crypto {path} --format cyclonedx", "the same as a CBOM")
    if fail_on is not None and has_finding(result.occurrences, fail_on, chosen):
        sys.exit(1)


def _tool_version() -> str:
    from importlib.metadata import version

    return version("chainatlas")


def _chosen(names: tuple[str, ...], folder: Path | None) -> "list[Policy]":
    """The policies of these names, packaged or of a folder."""
    if not names:
        return []
    from sbom.crypto.policy import load_policies
    from sbom.crypto.policy_folder import PACKAGED

    known = {policy.policy: policy for policy in load_policies([PACKAGED, *([folder] if folder else [])])}
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"no policy {name!r}; there are {', '.join(known)}", param_hint="--policy"
            )
    return [known[name] for name in dict.fromkeys(names)]


def _write_rows(rows: "Sequence[Mapping[str, object]]", columns: tuple[str, ...], output_format: str) -> None:
    from pipelines.cli._tables import write_rows

    if output_format == "csv":  # a cell holds a text
        rows = [{key: ", ".join(v) if isinstance(v, list) else v for key, v in row.items()} for row in rows]
    write_rows(rows, columns, output_format, sys.stdout)


def _change_rows(changes: "list[CryptoChange]", policies: "list[Policy]") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for item in changes:
        told = item.after or item.before
        assert told is not None, "one of both is there"
        changed = item.before is not None and item.after is not None
        was = _named(item.before) if changed and item.before is not None else ""
        rows.append({"change": item.change.value, **_row(told, policies), "was": was})
    return rows


def _named(row: "CryptoOccurrence") -> str:
    """What a site uses, with size and curve."""
    name = row.algorithm or (f"{row.protocol} {row.protocol_version or ''}" if row.protocol else "unknown")
    size = f" {row.key_size}" if row.key_size and str(row.key_size) not in name else ""
    curve = f" {row.curve}" if row.curve else ""
    return f"{name}{size}{curve}".strip()


def _row(row: "CryptoOccurrence", policies: "list[Policy]") -> dict[str, str | list[str]]:
    """One site in words; a verdict says whose it is where several policies are asked."""
    from sbom.crypto.verdicts import verdicts_of

    verdicts = [
        f"{policy.policy}: {verdict}" if len(policies) > 1 else verdict
        for policy in policies
        for verdict in verdicts_of(row, policy)
    ]
    return {
        "where": f"{row.path}:{row.line}",
        "algorithm": _named(row),
        "verdicts": verdicts,
        "findings": list(row.findings),
        "api": row.api,
        "context": "" if row.context == "main" else row.context,
    }


def _summarise(result: "CryptoResult", seconds: float) -> None:
    rows = result.occurrences
    unknown = sum(row.algorithm is None and row.protocol is None for row in rows)
    families = len({row.family for row in rows if row.family})
    subject = at_commit(result.name, result.commit)
    told = message(
        "{subject}: {occurrences} occurrences of {families} families, {unknown} of unknown algorithm, "
        "{found} with findings; {certificates} certificates, {keys} keys; {parsed} of {listed} source files "
        "parsed, {seconds:.2f} s",
        subject=subject,
        occurrences=len(rows),
        families=families,
        unknown=unknown,
        found=sum(bool(row.findings) for row in rows),
        certificates=len(result.certificates),
        keys=len(result.keys),
        parsed=result.files_parsed,
        listed=result.files_listed,
        seconds=seconds,
    )
    _say(told)
    for problem in result.unknowns[:_SHOWN]:
        _say(message("  not read: {path}: {reason}", path=problem.path, reason=in_locale(problem.reason)))
    if len(result.unknowns) > _SHOWN:
        _say(message("  … {more} more", more=len(result.unknowns) - _SHOWN))


def _count_verdicts(rows: "Sequence[CryptoOccurrence]", policy: "Policy") -> None:
    """Sites of the product's own code under each verdict of a policy."""
    from collections import Counter

    from sbom.crypto.verdicts import verdict_severities, verdicts_of

    counts = Counter(verdict for row in rows if row.context == "main" for verdict in verdicts_of(row, policy))
    told = ", ".join(
        f"{counts[verdict]} {cell('verdicts', verdict)}"
        for verdict in verdict_severities()
        if counts[verdict]
    )
    _say(
        message(
            "  under the policy {policy}, tests and copies aside: {verdicts}",
            policy=policy.policy,
            verdicts=told or message("nothing to object"),
        )
    )


def _say(line: str) -> None:
    click.echo(printable(line), err=True)
