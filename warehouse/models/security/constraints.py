"""Whether a version constraint, as manifests write it, lets a version in; how far apart two versions are."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import takewhile

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

from warehouse.versions import version_key

_COMPARATOR = re.compile(
    r"(\^|~>|~|>=|<=|>|<|==?)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[\w.-]+)?$"
)
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
_SEMVER_TYPES = frozenset({"npm", "cargo", "composer", "pub", "hex"})
_STRICT_TYPES = frozenset({"npm", "cargo"})
"""Where comparisons with `1.2` are with all that begins with it, and pre-releases must be asked for."""
_PESSIMISTIC_TYPES = frozenset({"composer", "hex"})
"""Where a tilde lets the last number but one stand: ~1.2 ends before 2.0.0, elsewhere before 1.3.0."""


@cache
def admits(purl_type: str, constraint: str | None, version: str) -> bool:
    """Whether `constraint` lets `version` in; false where either is not understood.

    PyPI by PEP 440; npm, crates.io, Packagist, Pub and Hex by their caret, tilde, comparison, hyphen and
    x-ranges, of which all joined by blanks or commas (Hex: `and`) must hold, and one of those joined by `||`
    (Packagist also `|`, Hex `or`).
    """
    text = (constraint or "").strip()
    if not text or len(text) > 200:
        return False
    if purl_type == "pypi":
        try:
            return SpecifierSet(text).contains(version)
        except (InvalidSpecifier, InvalidVersion):
            return False
    if purl_type not in _SEMVER_TYPES or not version_key("semver", version).confident:
        return False
    if purl_type == "hex":
        text = re.sub(r"\s+and\s+", ",", re.sub(r"\s+or\s+", "||", text))
    parts = re.split(r"\|\|?" if purl_type == "composer" else r"\|\|", text)
    return any(_all_hold(purl_type, part, version) for part in parts)


def _all_hold(purl_type: str, text: str, version: str) -> bool:
    text = _HYPHEN.sub(lambda match: f">={match[1]} {_up_to(match[2])}", text.strip())
    comparators = re.split(r"[\s,]+", re.sub(r"([<>=~^])\s+", r"\1", text))
    if "-" in version and purl_type in _STRICT_TYPES and not _names_pre_release(comparators, version):
        return False
    return all(_holds(purl_type, comparator, version) for comparator in comparators)


def _names_pre_release(comparators: Iterable[str], version: str) -> bool:
    """Whether a comparator has a pre-release of the same numbers, without which npm and Cargo let in none."""
    numbers = version.partition("-")[0]
    return any(re.search(rf"(?<![\d.]){re.escape(numbers)}-", comparator) for comparator in comparators)


def _up_to(end: str) -> str:
    """The end of a hyphen range, which lets in whatever begins with its numbers where not all are said."""
    numbers = [int(number) for number in takewhile(str.isdigit, end.lstrip("v").split("."))]
    return f"<={end}" if not 0 < len(numbers) < 3 else f"<{_upper('npm', None, numbers)}-0"


def _holds(purl_type: str, comparator: str, version: str) -> bool:
    match = _COMPARATOR.match(comparator)
    if match is None:
        return False
    operator, *numbers, pre_release = match.groups()
    given = [int(number) for number in takewhile(str.isdigit, map(str, numbers))]
    if not given:
        return operator not in ("<", ">") and "-" not in version
    low = ".".join(map(str, [*given, 0, 0, 0][:3])) + (pre_release or "")
    operator = "=" if operator == "==" else operator
    if operator in (None, "="):
        operator = _plain_operator(
            purl_type, operator, given, is_open=not {"x", "X", "*"}.isdisjoint(numbers)
        )
    key = _key(version)
    if operator in (">", "<=") and len(given) < 3 and purl_type in _STRICT_TYPES:
        behind = key >= _key(_upper(purl_type, None, given) + "-0")
        return behind if operator == ">" else not behind
    if operator in (">=", ">", "<=", "<", "="):
        low_key = _key(low)
        holds = {">=": key >= low_key, ">": key > low_key, "<=": key <= low_key, "<": key < low_key}
        return holds.get(operator, key == low_key)
    high = _upper(purl_type, operator, given)
    return key >= _key(low) and key < _key(high + "-0") and ("-" not in version or pre_release is not None)


def _plain_operator(purl_type: str, operator: str | None, given: list[int], is_open: bool) -> str | None:
    """What a version without an operator, or with `=`, asks for; null = whatever begins with its numbers.

    `is_open`: a number of it is written `x` or `*`.
    """
    if operator is None and purl_type == "cargo" and not is_open:
        return "^"
    if len(given) == 3 or (purl_type == "composer" and not is_open):
        return "="
    return None


def _upper(purl_type: str, operator: str | None, given: list[int]) -> str:
    """The first version that a caret, tilde or x-range no longer lets in."""
    padded = [*given, 0, 0, 0][:3]
    if operator == "^" and purl_type == "pub":
        place = 0 if given[0] else 1
    elif operator == "^":
        place = next((i for i, number in enumerate(given) if number), len(given) - 1)
    elif operator in ("~", "~>") and purl_type in _PESSIMISTIC_TYPES:
        place = max(0, len(given) - 2)
    elif operator in ("~", "~>"):
        place = min(1, len(given) - 1)
    else:
        place = len(given) - 1
    return ".".join(map(str, [*padded[:place], padded[place] + 1, 0, 0][:3]))


def _key(version: str) -> str:
    return version_key("semver", version).key


@lru_cache(maxsize=1 << 16)
def distance(old: str | None, new: str | None) -> str | None:
    """The first number in which two versions differ: major, minor or patch; null where that is unsaid."""
    numbers = [re.match(r"[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text or "") for text in (old, new)]
    if numbers[0] is None or numbers[1] is None:
        return None
    pairs = zip(numbers[0].groups("0"), numbers[1].groups("0"), strict=True)
    for name, (a, b) in zip(("major", "minor", "patch"), pairs, strict=True):
        if int(a) != int(b):
            return name
    return "patch"


def is_breaking(old: str | None, new: str | None) -> bool | None:
    """Whether the distance announces a break: another major number, or another minor one below 1.0."""
    kind = distance(old, new)
    if kind is None:
        return None
    return kind == "major" or (kind == "minor" and re.match(r"[vV]?0\.", old or "") is not None)
