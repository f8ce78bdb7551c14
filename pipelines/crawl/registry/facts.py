"""What is asked of a registry, and what it says, in one shape for all kinds of registries."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_LONGEST_TEXT = 1000
_LONGEST_VERSION = 200
_MOST_RELEASES = 200_000
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Registries write an older time for "none": NuGet 1900, Go 0001."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the workspace, as its registry is asked for it."""

    purl: str
    """Without version."""
    type: str
    namespace: str | None
    name: str
    versions: tuple[str, ...] = ()
    """Versions in use."""

    @property
    def full_name(self) -> str:
        """`namespace/name`, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Release:
    """One version. Null is what the registry does not say."""

    version: str
    published_at: datetime | None = None
    yanked: bool | None = None
    """Taken back: yanked, retracted, unlisted or unpublished, as the registry calls it."""
    yanked_reason: str | None = None
    deprecated: bool | None = None
    deprecation: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """A package and its releases. People are counted, never named."""

    latest_version: str | None = None
    licence: str | None = None
    """As stated for the latest version."""
    maintainers: int | None = None
    homepage: str | None = None
    repository_url: str | None = None
    deprecated: bool | None = None
    """The whole package: deprecated, discontinued, abandoned or relocated."""
    deprecation: str | None = None
    releases: tuple[Release, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.releases) > _MOST_RELEASES:
            raise ValueError(f"more than {_MOST_RELEASES} releases")


def text(value: Any) -> str | None:
    """A text of one line and bounded length; null for anything else and for an empty one."""
    if not isinstance(value, str):
        return None
    return " ".join(value[: 4 * _LONGEST_TEXT].split())[:_LONGEST_TEXT] or None


def version(value: Any) -> str | None:
    """A version; null for anything that cannot be one."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_VERSION or not value.isprintable():
        return None
    return value.strip() or None


def moment(value: Any) -> datetime | None:
    """An ISO 8601 time, taken for UTC where it names no offset; null for what is none or before 1980."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if found >= _EARLIEST else None
    except (ValueError, OverflowError):
        return None


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def number(value: Any) -> int | None:
    """How many entries an array has; null for anything else and for an empty one."""
    return len(value) or None if isinstance(value, list) else None


def any_of(licences: Any) -> str | None:
    """The licences of an array as a choice, as Composer, RubyGems and Hex define it."""
    names = list(dict.fromkeys(name for entry in items(licences) if (name := text(entry))))
    return names[0] if len(names) == 1 else " OR ".join(f"({name})" for name in names) or None
