"""npm: `/<name>`, the packument. Format: npm/registry, docs/responses/package-metadata.md."""

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
    number,
    text,
    version,
)


def read(package: Package, documents: Documents) -> PackageFacts:
    document = mapping(read_json(documents, f"/{quote(package.full_name, safe='@')}"))
    manifests, times = mapping(document.get("versions")), mapping(document.get("time"))
    latest_version = version(mapping(document.get("dist-tags")).get("latest"))
    latest = mapping(manifests.get(latest_version or ""))
    withdrawn = [name for name in times if name not in manifests and name[:1].isdigit()]
    whole = latest or document
    message, is_deprecated = _deprecation(latest)
    return PackageFacts(
        latest_version=latest_version,
        licence=_licence(whole),
        maintainers=number(document.get("maintainers")) or number(latest.get("maintainers")),
        homepage=text(whole.get("homepage")),
        repository_url=_repository(whole),
        deprecated=is_deprecated if latest else None,
        deprecation=message,
        releases=(
            *(_release(name, mapping(manifest), times.get(name)) for name, manifest in manifests.items()),
            *(
                Release(name, moment(times[name]), yanked=True, yanked_reason="unpublished")
                for name in withdrawn
                if version(name)
            ),
        ),
    )


def _release(name: str, manifest: dict[str, Any], time: Any) -> Release:
    message, is_deprecated = _deprecation(manifest)
    return Release(
        version(name) or "",
        moment(time),
        yanked=False,
        deprecated=is_deprecated,
        deprecation=message,
        licence=_licence(manifest),
    )


def _deprecation(manifest: dict[str, Any]) -> tuple[str | None, bool]:
    """An empty message undoes a deprecation."""
    stated = manifest.get("deprecated")
    return text(stated), bool(text(stated) or stated is True)


def _licence(manifest: dict[str, Any]) -> str | None:
    stated = manifest.get("license") or manifest.get("licenses")
    named = [text(entry.get("type") if isinstance(entry, dict) else entry) for entry in items(stated)]
    names = [name for name in named if name]
    if len(names) > 1:
        return " OR ".join(f"({name})" for name in names)
    return names[0] if names else text(mapping(stated).get("type") or stated)


def _repository(manifest: dict[str, Any]) -> str | None:
    stated = manifest.get("repository")
    address = text(mapping(stated).get("url") or stated)
    if address is None or "://" in address or "@" in address:
        return address
    forge, colon, path = address.partition(":")
    hosts = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
    if colon:
        return f"https://{hosts[forge]}/{path}" if forge in hosts else address
    return f"https://github.com/{address}" if address.count("/") == 1 else address


REGISTRY = RegistryKind("npm", read)
