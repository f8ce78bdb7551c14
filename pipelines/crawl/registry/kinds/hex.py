"""Hex: `/api/packages/<name>`."""

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
    number,
    text,
    version,
)

_SOURCE_LABELS = ("github", "gitlab", "source", "repository", "gitee")


def read(package: Package, documents: Documents) -> PackageFacts:
    document = mapping(read_json(documents, f"/api/packages/{quote(package.name, safe='')}"))
    about = mapping(document.get("meta"))
    links = {str(label).lower(): text(url) for label, url in mapping(about.get("links")).items()}
    retired = mapping(document.get("retirements"))
    return PackageFacts(
        latest_version=version(document.get("latest_stable_version") or document.get("latest_version")),
        licence=any_of(about.get("licenses")),
        maintainers=number(document.get("owners")),
        homepage=links.get("homepage") or links.get("website"),
        repository_url=next((links[label] for label in _SOURCE_LABELS if links.get(label)), None),
        releases=tuple(
            Release(
                name,
                moment(entry.get("inserted_at")),
                yanked=name in retired,
                yanked_reason=text(mapping(retired.get(name)).get("message"))
                or text(mapping(retired.get(name)).get("reason")),
            )
            for entry in map(mapping, items(document.get("releases")))
            if (name := version(entry.get("version")))
        ),
    )


REGISTRY = RegistryKind("hex", read)
