"""OSV ranges as intervals of version keys.

Source: "Evaluation" in the OSV schema: the events of a range are sorted by version, the last one that a
version has reached says whether it is affected, and a version must be before a limit if there is one.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from warehouse.versions import AFTER_ALL, VersionKey, just_after

_BEFORE_ALL = "0"
_NO_LIMIT = "*"


class Interval(NamedTuple):
    """Affected versions: their keys are at least `lower_key` and below `upper_key`."""

    introduced: str
    fixed: str | None
    last_affected: str | None
    lower_key: str
    upper_key: str
    confident: bool


class _Event(NamedTuple):
    bound: str
    """Key from which on the event counts."""
    version: str
    kind: str
    confident: bool


def affected_intervals(events: Sequence[Mapping[str, str]], keys: Mapping[str, VersionKey]) -> list[Interval]:
    """The intervals of a range, in order; `keys` has the key of every version that the events name.

    A range that makes no sense, such as one that is fixed before it is introduced, gives no interval.
    """
    found = [_event(kind, version, keys) for event in events for kind, version in event.items() if version]
    limits = [event for event in found if event.kind == "limit"]
    # Events of the same version count in the order in which they are written.
    turns = sorted((event for event in found if event.kind != "limit"), key=lambda event: event.bound)
    intervals: list[Interval] = []
    start: _Event | None = None
    for event in turns:
        if event.kind == "introduced":
            start = start or event
        elif start is not None:
            intervals.append(_interval(start, event))
            start = None
    if start is not None:
        intervals.append(_interval(start, None))
    if limits:
        end = max(limits, key=lambda event: event.bound)
        intervals = [_before(interval, end) for interval in intervals]
    return [interval for interval in intervals if interval.lower_key < interval.upper_key]


def _event(kind: str, version: str, keys: Mapping[str, VersionKey]) -> _Event:
    if kind == "introduced" and version == _BEFORE_ALL:
        return _Event("", version, kind, True)
    if kind == "limit" and version == _NO_LIMIT:
        return _Event(AFTER_ALL, version, kind, True)
    key, confident = keys[version]
    return _Event(just_after(key) if kind == "last_affected" else key, version, kind, confident)


def _interval(start: _Event, end: _Event | None) -> Interval:
    if end is None:
        return Interval(start.version, None, None, start.bound, AFTER_ALL, start.confident)
    fixed = end.version if end.kind == "fixed" else None
    last_affected = end.version if end.kind == "last_affected" else None
    confident = start.confident and end.confident
    return Interval(start.version, fixed, last_affected, start.bound, end.bound, confident)


def _before(interval: Interval, limit: _Event) -> Interval:
    if interval.upper_key <= limit.bound:
        return interval
    confident = interval.confident and limit.confident
    return interval._replace(fixed=None, last_affected=None, upper_key=limit.bound, confident=confident)
