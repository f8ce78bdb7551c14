"""Names of the verdicts on a segment, and the colour role that stands for each."""

from collections.abc import Mapping
from typing import Any

from reports.texts import Words

COLOURS = {
    "choke": "red",
    "missing": "vermilion",
    "missing-at-home": "plum",
    "blocked": "amber",
    "blocked-adaptation": "amber",
    "weak": "sand",
    "sound": "teal",
    "potential-supply": "sky",
    "not-enough-data": "grey",
    "no-demand-observed": "pale",
}
"""By id of the verdict, most pressing first."""
_OTHER = "grey"


def colour(verdict_id: str | None) -> str:
    """The colour role of a verdict; one for all that a planner adds."""
    return COLOURS.get(verdict_id or "", _OTHER)


def verdict_name(row: Mapping[str, Any], words: Words) -> str:
    """The primary verdict of a row in words: as the scoring names it, or the state that stands for none."""
    return words.name(row, "verdict_") or words(f"verdict.{row['verdict']}")
