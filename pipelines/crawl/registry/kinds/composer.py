"""Packagist: `/p2/<vendor>/<name>.json`, whose versions each say only what differs from the one before."""

from typing import Any
from urllib.parse import quote

from pipelines.crawl.registry.documents import Documents, RegistryKind, read_json
from pipelines.crawl.registry.facts import (
    Package,
    PackageFacts,
    Release,
    any_of,
    items,
    mapping,
    moment,
    text,
    version,
)


def read(package: Package, documents: Documents) -> PackageFacts:
    document = mapping(read_json(documents, f"/p2/{quote(package.full_name)}.json"))
    packages = mapping(document.get("packages"))
    entries = _expand(items(packages.get(package.full_name.lower()) or next(iter(packages.values()), [])))
    latest = entries[0] if entries else {}
    abandoned = latest.get("abandoned")
    return PackageFacts(
        latest_version=version(latest.get("version")),
        licence=any_of(latest.get("license")),
        homepage=text(latest.get("homepage")),
        repository_url=text(mapping(latest.get("source")).get("url")),
        deprecated=bool(abandoned) if latest else None,
        deprecation=f"abandoned, use {replacement}" if (replacement := text(abandoned)) else None,
        releases=tuple(
            Release(name, moment(entry.get("time")), licence=any_of(entry.get("license")))
            for entry in entries
            if (name := version(entry.get("version")))
        ),
    )


def _expand(entries: list[Any]) -> list[dict[str, Any]]:
    """Undo composer/metadata-minifier: `__unset` removes a key that the version before had."""
    expanded: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    for entry in entries:
        current = {k: v for k, v in (current | mapping(entry)).items() if v != "__unset"}
        expanded.append(current)
    return expanded


REGISTRY = RegistryKind("composer", read)
