"""Names that look like a slip or a trap for a better-known name of the same ecosystem.

Two names are near if one edit makes them equal (Damerau–Levenshtein distance 1: a character more, less,
other, or two neighbours swapped) or if they differ in separators only. What keeps false alarms low: names
under five characters are not compared, digits never make the difference, and a name that is itself well
known is no look-alike.
"""

import re
from collections.abc import Iterable, Mapping

SHORTEST = 5
_SEPARATORS = re.compile(r"[-_.]")
_DIGITS = re.compile(r"[0-9]+")


def find_near_names(names: Iterable[str], known: Iterable[str]) -> Mapping[str, str]:
    """For each of `names` that is near a known one, that one (of several the first in text order)."""
    well_known = set(known)
    index: dict[str, list[str]] = {}
    for target in sorted(well_known):
        if len(target) >= SHORTEST:
            for form in _forms(target):
                index.setdefault(form, []).append(target)
    found = {}
    for name in sorted(set(names) - well_known):
        if len(name) < SHORTEST:
            continue
        candidates = {target for form in _forms(name) for target in index.get(form, ())}
        near = sorted(target for target in candidates if _is_near(name, target))
        if near:
            found[name] = near[0]
    return found


def _forms(name: str) -> set[str]:
    """What two names share if they are near: the name, the name without one character, without separators."""
    return {name, _SEPARATORS.sub("", name), *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _is_near(name: str, target: str) -> bool:
    if _DIGITS.sub("", name) == _DIGITS.sub("", target):
        return False
    if _SEPARATORS.sub("", name) == _SEPARATORS.sub("", target):
        return True
    short, long = sorted((name, target), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    changed = short[start + 1 :] == long[start + 1 :]
    swapped = (
        short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    )
    return changed or swapped
