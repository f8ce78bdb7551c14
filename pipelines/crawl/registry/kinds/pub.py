"""pub.dev and its mirrors: `/api/packages/<name>`. Format: dart-lang/pub, doc/repository-spec-v2.md."""

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


def read(package: Package, documents: Documents) -> PackageFacts:
    document = mapping(read_json(documents, f"/api/packages/{quote(package.name, safe='')}"))
    latest = mapping(document.get("latest"))
    about = mapping(latest.get("pubspec"))
    replacement = text(document.get("replacedBy"))
    return PackageFacts(
        latest_version=version(latest.get("version")),
        homepage=text(about.get("homepage")),
        repository_url=text(about.get("repository")) or text(about.get("homepage")),
        deprecated=document.get("isDiscontinued") is True,
        deprecation=f"discontinued, replaced by {replacement}" if replacement else None,
        releases=tuple(
            Release(name, moment(entry.get("published")), yanked=entry.get("retracted") is True)
            for entry in map(mapping, items(document.get("versions")))
            if (name := version(entry.get("version")))
        ),
    )


REGISTRY = RegistryKind("pub", read)
