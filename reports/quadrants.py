"""Segments as points in four quadrants, in the colours of their verdicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.figures import Row
from reports.texts import Words
from reports.verdicts import COLOURS, colour, verdict_name

_NAMED = 12
"""Points that bear their name; the others are named on hovering."""
_APART = 0.1
"""How far named points lie from each other at least, on one of the axes."""
_IN_A_ROW = 5
_STEP_RIGHT, _STEP_DOWN = 0.028, 0.045
"""How far equal points are moved from each other, so that all can be seen."""
_MIDDLE = 0.5


def segment_points(
    rows: Sequence[Row], words: Words, x: str, y: str
) -> dict[str, tuple[list[Mapping[str, Any]], str]]:
    """Points for `reports.marks.points` and their colour role, by the verdict's name, most pressing first.

    `x` and `y` are columns of shares from 0 to 1; the size of a point says how many use the segment.
    """
    by_use = sorted(rows, key=lambda row: (-(row["users"] or 0), row["segment_id"]))
    named = _apart_enough(by_use, x, y)
    most = max((row["users"] or 1) for row in rows)
    order = list(COLOURS)
    by_verdict = sorted(
        by_use, key=lambda row: order.index(row["verdict"]) if row["verdict"] in order else len(order)
    )
    seen: dict[tuple[float, float], int] = {}
    groups: dict[str, tuple[list[Mapping[str, Any]], str]] = {}
    for row in by_verdict:
        place = (round(row[x], 2), round(row[y], 2))
        number = seen[place] = seen.get(place, -1) + 1
        inward = 1 if row[x] < _MIDDLE else -1
        name = verdict_name(row, words)
        groups.setdefault(name, ([], colour(row["verdict"])))[0].append(
            {
                "x": row[x] + inward * _STEP_RIGHT * (number % _IN_A_ROW),
                "y": row[y] - _STEP_DOWN * (number // _IN_A_ROW),
                "size": (row["users"] or 0) / most,
                "short": words.name(row) if number == 0 and row["segment_id"] in named else "",
                "text": f"{words.name(row)} · {name} · {row['users']}/{row['observed']}",
                "target": ("segment", row["segment_id"]),
            }
        )
    return groups


def _apart_enough(rows: Sequence[Row], x: str, y: str) -> set[str]:
    """Ids of the first segments whose names do not stand on each other."""
    named: dict[str, tuple[float, float]] = {}
    for row in rows:
        if len(named) < _NAMED and all(
            abs(row[x] - a) > _APART or abs(row[y] - b) > _APART for a, b in named.values()
        ):
            named[row["segment_id"]] = (row[x], row[y])
    return set(named)
