"""`chainatlas sbom-quality`: how much of a published profile a bill of materials fulfils."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli._messages import message
from pipelines.cli._options import format_option
from pipelines.cli._terminal import printable, say_next

if TYPE_CHECKING:
    from sbom.quality import Assessment, Score


@click.command(
    short_help="Score a bill of materials by published profiles.",
    epilog="\b\nExample:\n  chainatlas sbom-quality shop.cdx.json --profile cisa-2025 --minimum 80",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", "names", multiple=True, help="Profile to score by; all of them by default.")
@click.option("--minimum", type=click.FloatRange(0, 100), help="Exit code 1 if a score is below this.")
@format_option("text", "table", "json", "csv", "markdown")
@click.pass_context
def command(
    ctx: click.Context, file: Path, names: tuple[str, ...], minimum: float | None, output_format: str
) -> None:
    """Score the CycloneDX or SPDX document FILE, 0–100, and name what is missing.

    Profiles: ntia-2021, cisa-2025 (draft), bsi-tr-03183-2, gbt-47020-2026. A profile's score is the mean of
    its elements; an element of the components scores the share of them that have it. What the format has no
    field for is not applicable and does not count.
    """
    import json

    from pipelines.errors import PipelineError
    from sbom.errors import ScanError
    from sbom.imports import decode_bom, read_bom_file
    from sbom.quality import assess_bom, profiles

    unknown = sorted(set(names) - profiles().keys())
    if unknown:
        raise PipelineError(f"no profile is called {unknown[0]!r}; there are {', '.join(profiles())}")
    content = read_bom_file(file)
    try:
        document = decode_bom(content)
    except ScanError as error:
        raise PipelineError(f"{file}: {error}") from error
    found = [assess_bom(document, profiles()[name]) for name in names or profiles()]
    if output_format == "json":
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
    elif output_format == "text":
        for one in found:
            _print(one)
    else:
        _write(found, output_format)
    shown = shlex.quote(str(file))
    say_next(f"chainatlas audit --bom {shown} --advisories DIR", "what is known to be vulnerable in it")
    if minimum is not None and any(one.score is not None and one.score < minimum for one in found):
        ctx.exit(1)


def _as_json(found: "Assessment") -> dict[str, Any]:
    return {
        "profile": found.profile.id,
        "title": found.profile.title,
        "score": _rounded(found.score),
        "elements": [
            {
                "element": row.wanted.element,
                "of": row.wanted.of,
                "source": row.wanted.source,
                "score": _rounded(row.score),
                "having": row.having,
                "asked": row.asked,
                "missing": row.missing,
            }
            for row in found.scores
        ],
    }


def _write(found: "list[Assessment]", output_format: str) -> None:
    """One row for each element of each profile."""
    import sys

    from pipelines.cli._tables import write_rows

    names = ("element", "of", "source", "score", "having", "asked", "missing")
    rows = [
        {"profile": one.profile.id, **{name: element[name] for name in names}}
        | {"missing": ", ".join(element["missing"] or ())}
        for one in found
        for element in _as_json(one)["elements"]
    ]
    write_rows(rows, ("profile", *names), output_format, sys.stdout)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 1)


def _print(found: "Assessment") -> None:
    total = message("not applicable") if found.score is None else f"{found.score:.1f}"
    click.echo(printable(f"{found.profile.id}: {total}   {found.profile.title}"))
    for row in found.scores:
        click.echo(printable(f"  {_mark(row)}  {row.wanted.element}{_detail(row)}"))


def _mark(row: "Score") -> str:
    return "    –" if row.score is None else f"{row.score:5.1f}"


def _detail(row: "Score") -> str:
    if row.score is None:
        return message(": not applicable")
    if row.asked is None:
        return "" if row.score else message(": missing")
    if not row.missing:
        return ""
    more = " …" if row.asked - (row.having or 0) > len(row.missing) else ""
    missing = ", ".join(row.missing) + more
    return message(
        ": {having} of {asked}, not {missing}", having=row.having, asked=row.asked, missing=missing
    )
