"""crates.io: `/api/v1/crates/<name>`, and its owners."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from pipelines.crawl.registry.documents import Absent, Documents, RegistryKind, read_json
from pipelines.crawl.registry.facts import (
    Package,
    PackageFacts,
    Release,
    items,
    mapping,
    moment,
    number,
    text,
    version,
)


def read(package: Package, documents: Documents) -> PackageFacts:
    path = f"/api/v1/crates/{quote(package.name, safe='')}"
    document = mapping(read_json(documents, path))
    crate = mapping(document.get("crate"))
    releases = tuple(
        _release(entry)
        for entry in map(mapping, items(document.get("versions")))
        if version(entry.get("num"))
    )
    latest = version(crate.get("max_stable_version")) or version(crate.get("newest_version"))
    owners = None
    with suppress(Absent):
        owners = number(mapping(read_json(documents, f"{path}/owners")).get("users"))
    return PackageFacts(
        latest_version=latest,
        licence=next((release.licence for release in releases if release.version == latest), None),
        maintainers=owners,
        homepage=text(crate.get("homepage")),
        repository_url=text(crate.get("repository")),
        releases=releases,
    )


def _release(entry: dict[str, Any]) -> Release:
    yanked = entry.get("yanked")
    return Release(
        version(entry.get("num")) or "",
        moment(entry.get("created_at")),
        yanked=yanked if isinstance(yanked, bool) else None,
        yanked_reason=text(entry.get("yank_message")),
        licence=text(entry.get("license")),
    )


REGISTRY = RegistryKind("cargo", read)
