"""Names and colours of the verdicts on a segment."""

from collections.abc import Mapping
from typing import Any

from reports.texts import Words

COLOURS = {
    "choke": "#b3123a",
    "missing": "#e4572e",
    "missing-at-home": "#8f2d56",
    "blocked": "#f3a712",
    "weak": "#f7dc6f",
    "sound": "#4caf70",
    "potential-supply": "#8fbfe8",
    "not-enough-data": "#c3c8d0",
    "no-demand-observed": "#eceff3",
}
"""By id of the verdict, most pressing first."""
_OTHER = "#9b8bb4"


def colour(verdict_id: str) -> str:
    """The colour of a verdict; one for all that a planner adds."""
    return COLOURS.get(verdict_id, _OTHER)


def verdict_name(row: Mapping[str, Any], words: Words) -> str:
    """The primary verdict of a row in words: as the scoring names it, or the state that stands for none."""
    return words.name(row, "verdict_") or words(f"verdict.{row['verdict']}")
