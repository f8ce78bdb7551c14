"""Whether a constraint allows a version: PEP 440's operators, and the carets and tildes of other tools."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_CLAUSE = re.compile(r"(\^|~=|~|===?|=|!=|<=|>=|<|>)? ?v?([0-9A-Za-z.*+!_-]+)")
_ALTERNATIVES = re.compile(r" ?\|\|? ?")
_LONGEST_CONSTRAINT = 1000


def allows(constraint: str | None, version: str, *, bare_means: str = "==") -> bool:
    """Whether a constraint allows a version; true where either is in a notation that is not known.

    `bare_means` is the operator of a version without one: `==` in Poetry, `^` in Cargo.
    """
    if not constraint or len(constraint) > _LONGEST_CONSTRAINT or len(version) > _LONGEST_CONSTRAINT:
        return True
    constraint = " ".join(constraint.split())
    try:
        candidate = Version(version)
        return any(
            SpecifierSet(_specifiers(part, bare_means)).contains(candidate, prereleases=True)
            for part in _ALTERNATIVES.split(constraint)
        )
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return True


def _specifiers(conjunction: str, bare_means: str) -> str:
    """`^1.2`, `~1.2`, `1.2.*`, `=1.2` and `*` as PEP 440 specifiers."""
    specifiers = []
    for written, version in _CLAUSE.findall(conjunction):
        operator = written or ("==" if "*" in version else bare_means)
        if version == "*":
            continue
        if operator in ("^", "~"):
            specifiers.append(f">={version},<{_upper_bound(operator, version)}")
        else:
            specifiers.append(f"{'==' if operator == '=' else operator}{version}")
    return ",".join(specifiers)


def _upper_bound(operator: str, version: str) -> str:
    """`^` keeps the leftmost part that is not zero, `~` the second part (or the only one)."""
    release = _RELEASE.match(version)
    if release is None:
        raise ValueError(version)
    parts = [int(part) for part in release[0].split(".")]
    if operator == "^":
        position = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    else:
        position = min(1, len(parts) - 1)
    return ".".join(str(part) for part in [*parts[:position], parts[position] + 1])
