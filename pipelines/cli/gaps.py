"""`chainatlas gaps`: which links of the industry chains are missing, weak, blocked or choked."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pipelines.cli._messages import in_locale, message
from pipelines.cli._options import format_option, target_argument
from pipelines.cli._terminal import printable

_TERMS = ("demand", "supply", "upstream", "substitution", "resilience", "talent")
_COUNTS = ("registered", "observed", "users", "suppliers", "alternatives")
_MEASURES = (
    *("demand", "reach", "supply", "supply_total", "foreign", "hhi", "dominance", "substitution"),
    *("adoption", "adaptation", "resilience", "talent"),
)
_SHOWN = {
    "rank": "rank",
    "segment_id": "segment",
    "name": "name",
    "verdicts": "verdicts",
    "gap": "gap",
    "interval": "interval",
    "sure": "sure",
    "users_of": "users",
}
_SHORT = frozenset({"rank", "segment", "gap", "interval", "sure", "users"})


@click.command(
    short_help="Which links of the industry chains are missing, weak, blocked or choked.",
    epilog="\b\nExamples:\n  chainatlas gaps ~/code\n  chainatlas gaps ~/code --chain crypto --format json\n"
    "  chainatlas query ~/code \"from mart.gap_evidence where segment_id = 'cry-sm'\"",
)
@target_argument
@click.option("--chain", metavar="ID", help="Only this industry chain.")
@click.option("--all", "show_all", is_flag=True, help="Segments that nobody here uses, too.")
@format_option("table", "json", "csv", "markdown")
def command(target: Path, chain: str | None, show_all: bool, output_format: str) -> None:
    """Gaps of TARGET's industry chains, ranked, with verdicts, the score and how sure both are.

    \b
    卡点 choke    用的人不少，来源集中于境外一家且难以替代  much used, one foreign upstream, hard to replace
    断点 missing  有人用，本地无人供给                    used here, supplied by nobody here
    堵点 blocked  有替代而少有人用                        alternatives exist and few use them
    弱点 weak     供给、韧性或人才不足                    too little supply, resilience or talent
    适配堵点      替代未适配所用平台                      alternatives are not seen on the platforms in use

    The score is 0 to 100 and the sum of its parts (JSON: `parts`); the interval, where there is one, says
    what unknown terms could make of it. `sure` says whether the first verdict holds in 80 % of the draws,
    `users` how many of the observed enterprises use the segment. Verdicts need data: without it there is
    none. Weights and thresholds: taxonomy/scoring.yaml.
    """
    from pipelines.cli._language import wants_chinese
    from pipelines.cli._tables import write_table
    from pipelines.discovery import find_state
    from pipelines.gap_list import SURENESS, read_gaps

    chinese = output_format == "csv" or wants_chinese()  # what a program reads does not depend on the locale
    gaps = read_gaps(find_state(target).published, chain, show_all, chinese=chinese)
    for note in gaps.notes:
        click.echo(printable(in_locale(note)), err=True)
    if output_format == "json":
        segments = [_segment(row, SURENESS) for row in gaps.rows.to_pylist()]
        content = {"as_of": gaps.as_of, "kendall_tau": gaps.kendall_tau, "segments": segments}
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    elif output_format == "csv":
        write_table(gaps.rows, output_format, sys.stdout)
    else:
        shown = gaps.rows.select(list(_SHOWN)).rename_columns(list(_SHOWN.values()))
        write_table(shown, output_format, sys.stdout, _SHORT)
        if output_format == "table":
            click.echo(_hint(gaps.rows, target), err=True)


def _hint(rows: Any, target: Path) -> str:
    """Where to go on."""
    if not rows.num_rows:
        return message("no segment of the taxonomy is used here as far as can be seen; --all lists every one")
    first = rows["segment_id"][0].as_py()
    where = f"from mart.gap_evidence where segment_id = '{first}'"
    query = f'chainatlas query {shlex.quote(str(target))} "{where}"'
    return printable(message("what a verdict rests on: {query}", query=query))


def _segment(row: Mapping[str, Any], sureness: Sequence[str]) -> dict[str, Any]:
    """One segment as scripts read it; every key is always there, null where nothing is known."""
    return {
        "id": row["segment_id"],
        "chain": row["chain_id"],
        "name": {"zh": row["name_zh"], "en": row["name_en"]},
        "verdict": row["verdict"],
        "verdicts": row["verdict_ids"],
        "verdict_names": {"zh": row["verdict_names_zh"], "en": row["verdict_names_en"]},
        "rank": row["rank"],
        "priority": row["priority"],
        "score": row["score"],
        "parts": {term: row[f"part_{term}"] for term in _TERMS},
        "missing_terms": row["missing_terms"],
        "interval": [row["interval_low"], row["interval_high"]],
        "coverage": row["coverage"],
        "observability": row["observability"],
        "importance": row["importance"],
        "counts": {name: row[name] for name in _COUNTS} | {"people": _count(row["people"])},
        "measures": {name: row[name] for name in _MEASURES},
        "sureness": {name: row[f"sure_{name}"] for name in sureness},
        "evidence_rows": row["evidence_rows"],
    }


def _count(people: str | None) -> int | str | None:
    """A number of people; text where it is folded."""
    return int(people) if people is not None and people.isdigit() else people
