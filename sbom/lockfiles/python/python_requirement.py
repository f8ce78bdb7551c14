"""Python requirements: PEP 508 strings, locations, and the values of Poetry's tables."""

import re
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion

from sbom.lockfiles.origins import git_url, without_credentials

PURL_TYPE = "pypi"
_MAX_LENGTH = 4096
_LONGEST_FILE_NAME = 300
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_WRITTEN = re.compile(rf"({_NAME}) ?(?:\[([^\]]*)\])? ?\(? ?([^;()@]*?) ?\)? ?(;.*)?")
"""Name, extras, constraint, marker, in a text whose white space is single spaces."""
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>) ?((?:[^\s,;|<>=!~]|!(?!=))+)")
_CLAUSES = re.compile(rf"{_CLAUSE.pattern}(?: ?,? ?{_CLAUSE.pattern})*,?")
_BARE_VERSION = re.compile(r"v?\d+(?:[.+!-]?[0-9A-Za-z]+)*")
_EXTRA_CONDITION = re.compile(r"extra\s*==")
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+")
_SDIST_OR_WHEEL = (".whl", ".tar.gz", ".zip")
_ARCHIVES = (*_SDIST_OR_WHEEL, ".tar.bz2", ".tar.xz", ".tgz", ".tar")


@dataclass(frozen=True, slots=True)
class PythonRequirement:
    """One requirement. `name` is normalised (PEP 503); `constraint` is the text as written, null if none."""

    name: str
    extras: frozenset[str]
    constraint: str | None
    version: str | None
    """The version that `==`, `===` or the file name of an archive fixes."""
    marker: str | None
    source_url: str | None
    """Archive or VCS location without credentials."""
    is_local: bool = False
    """A folder: the developer's own code rather than a package of an index."""


def parse_requirement(text: str) -> PythonRequirement:
    """Parse a PEP 508 requirement; constraints that only old tools accept (`>=1.0.*`) are kept as text.

    Raises:
        ValueError: it is no requirement.
    """
    text = " ".join(text.split())
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"not a requirement: longer than {_MAX_LENGTH} characters")
    written = _WRITTEN.fullmatch(text)
    try:
        parsed = Requirement(text)
    except RecursionError:
        raise ValueError("not a requirement: its marker is nested too deeply") from None
    except InvalidRequirement as error:
        if written is None or not _CLAUSES.fullmatch(written[3]) or written[4]:
            raise ValueError(f"not a requirement: {str(error).splitlines()[0]}") from None
        name, extras = canonicalize_name(written[1]), extra_names(written[2] or "")
        return PythonRequirement(name, extras, written[3], exact_version(written[3]), None, None)
    marker = str(parsed.marker) if parsed.marker else None
    if parsed.url:
        return from_url(parsed.url, parsed.name, frozenset(parsed.extras), marker)
    constraint = written[3] if written else str(parsed.specifier)
    return PythonRequirement(
        canonicalize_name(parsed.name),
        frozenset(canonicalize_name(extra) for extra in parsed.extras),
        constraint or None,
        exact_version(constraint),
        marker,
        None,
    )


def from_url(
    url: str, name: str, extras: frozenset[str] = frozenset(), marker: str | None = None
) -> PythonRequirement:
    """A requirement that names its archive, repository or folder instead of a version."""
    location = url.partition("#")[0]
    is_vcs = bool(_VCS.match(location))
    is_local = not is_vcs and (location.startswith("file:") or "://" not in location)
    return PythonRequirement(
        canonicalize_name(name),
        extras,
        None,
        None if is_vcs else archive_version(location),
        marker,
        None if is_local else without_credentials(location),
        is_local and not is_archive(location),
    )


def is_archive(location: str) -> bool:
    """A path or URL of a wheel or source archive."""
    return location.lower().endswith(_ARCHIVES)


def archive_name(location: str) -> str | None:
    """The package in the name of a wheel or source archive; null if the name does not follow the standard."""
    parsed = _parse_file_name(location)
    return parsed[0] if parsed else None


def archive_version(location: str) -> str | None:
    """The version in the name of a wheel or source archive, likewise."""
    parsed = _parse_file_name(location)
    return parsed[1] if parsed else None


def _parse_file_name(location: str) -> tuple[str, str] | None:
    file_name = location.rpartition("/")[2].replace("%2B", "+")
    if len(file_name) > _LONGEST_FILE_NAME or not file_name.endswith(_SDIST_OR_WHEEL):
        return None
    try:
        parse = parse_wheel_filename if file_name.endswith(".whl") else parse_sdist_filename
        name, version, *_ = parse(file_name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return name, str(version)


def extra_names(text: str) -> frozenset[str]:
    """`a, B_c` → {`a`, `b-c`}."""
    return frozenset(canonicalize_name(part.strip()) for part in text.split(",") if part.strip())


def exact_version(constraint: str | None) -> str | None:
    """The version that a constraint fixes with `==` or `===`, as written; null if it leaves a choice."""
    if not constraint or "|" in constraint:
        return None
    exact = {
        version
        for operator, version in _CLAUSE.findall(constraint)
        if operator == "===" or (operator == "==" and "*" not in version)
    }
    return exact.pop() if len(exact) == 1 else None


def needs_extra(marker: str) -> bool:
    """Whether a marker only holds where an extra is asked for: `extra == "x"` in each of its alternatives."""
    return marker_needs(marker, _EXTRA_CONDITION)


def marker_needs(marker: str, condition: re.Pattern[str]) -> bool:
    """Whether a marker only holds where one of the conditions does that start with a pattern."""
    alternatives = _split_outside_brackets(marker, "or")
    if len(alternatives) > 1:
        return all(marker_needs(part, condition) for part in alternatives)
    conditions = _split_outside_brackets(marker, "and")
    if len(conditions) > 1:
        return any(marker_needs(part, condition) for part in conditions)
    text = marker.strip()
    if text.startswith("(") and text.endswith(")"):
        return marker_needs(text[1:-1], condition)
    return bool(condition.match(text))


def _split_outside_brackets(marker: str, word: str) -> list[str]:
    parts, depth = [""], 0
    for piece in re.split(rf"(\(|\)|\s{word}\s)", marker):
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece.strip() == word:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def poetry_requirement(name: str, value: Any) -> PythonRequirement:
    """One constraint of a Poetry table: a string, or a table with `version`, `git`, `url`, `path` or `file`.

    In Poetry a bare version (`foo = "1.2.3"`) is an exact one.

    Raises:
        ValueError: the value has another shape.
    """
    table = {"version": value} if isinstance(value, str) else value
    if not isinstance(table, dict):
        raise ValueError(f"not a constraint of {name}: {value!r}")
    listed = table.get("extras")
    extras = frozenset(
        canonicalize_name(extra)
        for extra in (listed if isinstance(listed, list) else ())
        if isinstance(extra, str)
    )
    conditions = [f"{key} {table[key]}" for key in ("markers", "python", "platform") if table.get(key)]
    marker = " and ".join(conditions).removeprefix("markers ") or None
    if isinstance(table.get("git"), str):
        revision = table.get("rev") or table.get("tag") or table.get("branch")
        source_url = git_url(table["git"], revision if isinstance(revision, str) else None)
        return PythonRequirement(canonicalize_name(name), extras, None, None, marker, source_url)
    location = next((table[key] for key in ("url", "path", "file") if isinstance(table.get(key), str)), None)
    if location is not None:
        return from_url(location, name, extras, marker)
    constraint = table.get("version")
    if not isinstance(constraint, str):
        constraint = None
    version = exact_version(constraint)
    if version is None and constraint and _BARE_VERSION.fullmatch(constraint.strip()):
        version = constraint.strip()
    return PythonRequirement(canonicalize_name(name), extras, constraint, version, marker, None)
