"""NuGet: the registration of a package, in pages. Format: NuGet Server API, registration resource 3.6.0."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from pipelines.crawl.registry.documents import Documents, RegistryKind, read_json
from pipelines.crawl.registry.facts import (
    Package,
    PackageFacts,
    Release,
    items,
    mapping,
    moment,
    text,
    version,
)
from pipelines.errors import CrawlError

_RESOURCE = "/v3/registration5-gz-semver2"
_MOST_PAGES = 200


def read(package: Package, documents: Documents) -> PackageFacts:
    index = read_json(documents, f"{_RESOURCE}/{quote(package.name.lower(), safe='')}/index.json")
    entries = [entry for entry in _entries(mapping(index), documents) if version(entry.get("version"))]
    listed = [entry for entry in entries if entry.get("listed") is not False]
    stable = [entry for entry in listed if "-" not in entry["version"]] or listed
    latest = stable[-1] if stable else {}
    message, is_deprecated = _deprecation(latest)
    return PackageFacts(
        latest_version=version(latest.get("version")),
        licence=text(latest.get("licenseExpression")),
        homepage=text(latest.get("projectUrl")),
        repository_url=text(latest.get("projectUrl")),
        deprecated=is_deprecated if latest else None,
        deprecation=message,
        releases=tuple(map(_release, entries)),
    )


def _entries(index: dict[str, Any], documents: Documents) -> Iterator[dict[str, Any]]:
    """Catalogue entries, the oldest version first. Small packages have their pages in the index."""
    pages = items(index.get("items"))
    if len(pages) > _MOST_PAGES:
        raise CrawlError(f"more than {_MOST_PAGES} pages of versions")
    for page in map(mapping, pages):
        leaves = page.get("items")
        if leaves is None:
            path = documents.below(str(page.get("@id", "")))
            if path is None:
                raise CrawlError("a page of versions lies outside of the registry")
            leaves = mapping(read_json(documents, path)).get("items")
        for leaf in map(mapping, items(leaves)):
            yield mapping(leaf.get("catalogEntry"))


def _release(entry: dict[str, Any]) -> Release:
    message, is_deprecated = _deprecation(entry)
    is_unlisted = entry.get("listed") is False
    return Release(
        version(entry["version"]) or "",
        moment(entry.get("published")),
        yanked=is_unlisted,
        yanked_reason="unlisted" if is_unlisted else None,
        deprecated=is_deprecated,
        deprecation=message,
        licence=text(entry.get("licenseExpression")),
    )


def _deprecation(entry: dict[str, Any]) -> tuple[str | None, bool]:
    stated = mapping(entry.get("deprecation"))
    reasons = ", ".join(reason for reason in items(stated.get("reasons")) if isinstance(reason, str))
    return text(stated.get("message")) or text(reasons), bool(stated)


REGISTRY = RegistryKind("nuget", read)
