"""How far a version lags behind the later ones that are known, by the sortable keys of its ecosystem."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from warehouse.versions import keys_of


class KnownVersion(NamedTuple):
    """A version that exists, by its registry's word or by another file's."""

    match_key: str
    scheme: str
    version: str
    published_at: datetime | None
    is_yanked: bool | None
    yanked_reason: str | None
    is_deprecated: bool | None
    deprecation: str | None
    is_pre_release: bool
    is_from_registry: bool


class Lag(NamedTuple):
    """What is known of one version; nulls where nothing can be said."""

    newer_versions: int | None = None
    newest_version: str | None = None
    days_behind: int | None = None
    own: KnownVersion | None = None
    """The version as its registry lists it; null where that does not."""


class VersionLag:
    """The versions of each package that are known to exist.

    Yanked versions and pre-releases are no later versions to go to.
    """

    def __init__(self, known: Iterable[KnownVersion]) -> None:
        by_scheme: dict[str, list[KnownVersion]] = defaultdict(list)
        for version in known:
            by_scheme[version.scheme].append(version)
        self._known: dict[str, dict[str, KnownVersion]] = defaultdict(dict)
        for scheme, versions in by_scheme.items():
            keys = keys_of(scheme, (version.version for version in versions))
            for version in versions:
                key = keys[version.version]
                if key.confident:
                    there = self._known[version.match_key].get(key.key)
                    if there is None or version.is_from_registry or not there.is_from_registry:
                        self._known[version.match_key][key.key] = version
        self._later: dict[str, list[tuple[str, KnownVersion]]] = {
            match_key: sorted(
                (key, version)
                for key, version in versions.items()
                if not version.is_pre_release and not version.is_yanked
            )
            for match_key, versions in self._known.items()
        }

    def of(self, match_key: str | None, scheme: str | None, version: str | None) -> Lag:
        """The lag of a version in use."""
        if match_key is None or scheme is None or version is None:
            return Lag()
        own = keys_of(scheme, [version])[version]
        if not own.confident:
            return Lag()
        listed = self._known.get(match_key, {}).get(own.key)
        listed = listed if listed is not None and listed.is_from_registry else None
        later = [known for key, known in self._later.get(match_key, ()) if key > own.key]
        newest = later[-1] if later else None
        return Lag(len(later), newest and newest.version, _days(listed, newest), listed)


def _days(own: KnownVersion | None, newest: KnownVersion | None) -> int | None:
    """Days between the two releases; 0 where none is later, null where a time is not known."""
    if own is None or own.published_at is None:
        return None
    if newest is None:
        return 0
    if newest.published_at is None:
        return None
    return max(0, (newest.published_at - own.published_at).days)
