"""Components that fail a build by what they are: banned, unsupported, close to a better-known name."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pydantic import Field, field_validator

from pipelines.audit.finding import Violation
from pipelines.audit.rules import RuleSettings, Subject, component_violation

SECTION = "components"

_COMPONENTS = """
    select repo_id, path, min(line) as line, purl, any_value(package_key) as package_key
    from core.component
    where not is_own and not in_test_data
    group by repo_id, path, purl
    order by repo_id, path, purl
"""
_FRESHNESS = """
    select repo_id, path, line, purl, package_key, is_end_of_life, end_of_life_date, end_of_life_cycle,
        is_unmaintained, near_name
    from mart.component_freshness
    order by repo_id, path, purl
"""


class Settings(RuleSettings):
    """Rules about components, whatever their vulnerabilities and licences."""

    ban: list[str] = Field(default_factory=list)
    """purls; `*` stands for any text, a purl without version for all versions."""
    end_of_life: bool = False
    """Versions whose support has ended."""
    unmaintained: bool = False
    """Packages that an advisory calls unmaintained."""
    near_names: bool = False
    """Names that look like a slip or a trap for a better-known one."""

    @field_validator("ban")
    @classmethod
    def _are_purls(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            if not re.match(r"pkg:[^/\s]+/\S+$", pattern):
                raise ValueError(f"{pattern!r} is no purl; write pkg:npm/left-pad or pkg:npm/left-pad@1.*")
        return patterns


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per component, file and rule."""
    if settings.ban:
        for row in subject.rows(_COMPONENTS):
            for pattern in settings.ban:
                if _matches(row["purl"], pattern):
                    yield _violation("ban", f"{row['purl']}: banned by {pattern}", row, pattern)
                    break
    if not (settings.end_of_life or settings.unmaintained or settings.near_names):
        return
    for row in subject.rows(_FRESHNESS):
        if settings.end_of_life and row["is_end_of_life"]:
            when = row["end_of_life_date"] or "an unknown day"
            message = f"{row['purl']}: {row['end_of_life_cycle']} has had no support since {when}"
            yield _violation("end_of_life", message, row, "end of life")
        if settings.unmaintained and row["is_unmaintained"]:
            yield _violation("unmaintained", f"{row['purl']}: unmaintained", row, "unmaintained")
        if settings.near_names and row["near_name"]:
            message = f"{row['purl']}: its name is close to {row['near_name']}"
            yield _violation("near_names", message, row, "near name")


def _matches(purl: str, pattern: str) -> bool:
    bare = re.sub(r"[?#].*$", "", purl)
    name = bare.rpartition("@")[0] or bare
    return fnmatchcase(bare, pattern) or fnmatchcase(purl, pattern) or fnmatchcase(name, pattern)


def _violation(key: str, message: str, row: dict[str, Any], about: str) -> Violation:
    return component_violation(f"{SECTION}.{key}", message, row, about)
