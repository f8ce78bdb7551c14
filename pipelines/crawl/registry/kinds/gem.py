"""RubyGems: `/api/v1/versions/<name>.json`, `/api/v1/gems/<name>.json` and owners. Yanked ones are gone."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from pipelines.crawl.registry.documents import Absent, Documents, RegistryKind, read_json
from pipelines.crawl.registry.facts import (
    Package,
    PackageFacts,
    Release,
    any_of,
    items,
    mapping,
    moment,
    number,
    text,
    version,
)


def read(package: Package, documents: Documents) -> PackageFacts:
    name = quote(package.name, safe="")
    entries = [mapping(entry) for entry in items(read_json(documents, f"/api/v1/versions/{name}.json"))]
    releases: dict[str, Release] = {}
    for entry in entries:  # one for each platform of a version
        release = _release(entry)
        if release.version:
            releases.setdefault(release.version, release)
    gem: dict[str, Any] = {}
    owners = None
    with suppress(Absent):
        gem = mapping(read_json(documents, f"/api/v1/gems/{name}.json"))
        owners = number(read_json(documents, f"/api/v1/gems/{name}/owners.json"))
    return PackageFacts(
        latest_version=version(gem.get("version")),
        licence=any_of(gem.get("licenses")),
        maintainers=owners,
        homepage=text(gem.get("homepage_uri")),
        repository_url=text(gem.get("source_code_uri")) or text(gem.get("homepage_uri")),
        releases=tuple(releases.values()),
    )


def _release(entry: dict[str, Any]) -> Release:
    return Release(
        version(entry.get("number")) or "",
        moment(entry.get("created_at")),
        yanked=False,
        licence=any_of(entry.get("licenses")),
    )


REGISTRY = RegistryKind("gem", read)
