"""PyPI and mirrors that serve its JSON: `/pypi/<name>/json`. Format: docs.pypi.org, JSON API."""

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
from sbom.lockfiles.python.classifiers import declared_licence

_INACTIVE = "Development Status :: 7 - Inactive"
_SOURCE_LABELS = (
    *("source", "sources", "source code", "sourcecode", "repository", "code"),
    *("github", "gitlab", "gitee"),
)


def read(package: Package, documents: Documents) -> PackageFacts:
    document = mapping(read_json(documents, f"/pypi/{quote(package.full_name, safe='')}/json"))
    info = mapping(document.get("info"))
    classifiers = [entry for entry in items(info.get("classifiers")) if isinstance(entry, str)]
    licence = text(info.get("license_expression")) or declared_licence(text(info.get("license")), classifiers)
    status = mapping(info.get("project-status") or info.get("project_status"))
    archived = text(status.get("status")) in ("archived", "deprecated", "quarantined")
    inactive = _INACTIVE in classifiers
    latest = version(info.get("version"))
    return PackageFacts(
        latest_version=latest,
        licence=licence,
        maintainers=_maintainers(document.get("ownership")),
        homepage=_address(info, ("homepage", "home", "home page")) or text(info.get("home_page")),
        repository_url=_address(info, _SOURCE_LABELS) or text(info.get("home_page")),
        deprecated=archived or inactive,
        deprecation=(text(status.get("reason")) or text(status.get("status")) if archived else None)
        or (_INACTIVE if inactive else None),
        releases=tuple(
            _release(name, [mapping(file) for file in items(files)], licence if name == latest else None)
            for name, files in mapping(document.get("releases")).items()
            if version(name)
        ),
    )


def _release(name: str, files: list[dict[str, Any]], licence: str | None) -> Release:
    """A version is yanked when all its files are (PEP 592); one without files was never there to install."""
    times = [time for file in files if (time := moment(file.get("upload_time_iso_8601")))]
    return Release(
        name,
        min(times, default=None),
        yanked=all(file.get("yanked") is True for file in files) if files else None,
        yanked_reason=next((reason for file in files if (reason := text(file.get("yanked_reason")))), None),
        licence=licence,
    )


def _maintainers(ownership: Any) -> int | None:
    """Accounts that may release; `author` and `maintainer` are free texts and no count.

    Where an organisation owns the project, its members may release too, and nobody lists them.
    """
    if mapping(ownership).get("organization"):
        return None
    users = {text(mapping(role).get("user")) for role in items(mapping(ownership).get("roles"))} - {None}
    return len(users) or None


def _address(info: dict[str, Any], labels: tuple[str, ...]) -> str | None:
    urls = {
        label.strip().lower(): text(url)
        for label, url in mapping(info.get("project_urls")).items()
        if isinstance(label, str)
    }
    return next((urls[label] for label in labels if urls.get(label)), None)


REGISTRY = RegistryKind("pypi", read)
