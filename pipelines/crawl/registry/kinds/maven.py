"""Maven repositories: `maven-metadata.xml`, and the poms of the versions in use and the latest one.

The metadata lists versions without times; a release's time is when its pom was last changed, which a release
repository allows once. Licences and SCM may stand in a parent (Maven's "Inheritance Assembly").
"""

from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from lxml import etree

from pipelines.crawl.registry.documents import Absent, Document, Documents, RegistryKind
from pipelines.crawl.registry.facts import Package, PackageFacts, Release, text, version
from pipelines.errors import CrawlError
from sbom.errors import ScanError
from sbom.lockfiles.jvm.maven_licences import declared_licence
from sbom.lockfiles.reading import load_xml

_MOST_VERSIONS_ASKED = 20
_MOST_PARENTS = 8


def read(package: Package, documents: Documents) -> PackageFacts:
    group, artifact = package.namespace or package.name, package.name
    folder = f"/{quote(group.replace('.', '/'))}/{quote(artifact)}"
    metadata = _parse(documents.get(f"{folder}/maven-metadata.xml"), "maven-metadata.xml")
    listed = metadata.iterfind("{*}versioning/{*}versions/{*}version")
    names = [name for node in listed if (name := version(_text(node)))]
    latest = version(_at(metadata, "versioning/release") or _at(metadata, "versioning/latest"))
    poms: dict[str, _Pom] = {}
    for name in dict.fromkeys([*filter(None, [latest]), *package.versions[:_MOST_VERSIONS_ASKED]]):
        with suppress(Absent):
            poms[name] = _Pom(documents, group, artifact, name)
    newest = poms.get(latest) if latest else None
    return PackageFacts(
        latest_version=latest,
        licence=newest.licence if newest else None,
        homepage=newest.find("url") if newest else None,
        repository_url=newest.repository if newest else None,
        deprecated=newest.relocation is not None if newest else None,
        deprecation=newest.relocation if newest else None,
        releases=tuple(
            Release(
                name,
                poms[name].modified_at if name in poms else None,
                licence=poms[name].licence if name in poms else None,
            )
            for name in dict.fromkeys([*names, *poms])
        ),
    )


class _Pom:
    """A pom with its parents, as far as the repository holds them."""

    def __init__(self, documents: Documents, group: str, artifact: str, name: str) -> None:
        self.modified_at: datetime | None = None
        self._chain: list[etree._Element] = []
        coordinates: tuple[str, str, str] | None = (group, artifact, name)
        while coordinates is not None and len(self._chain) < _MOST_PARENTS:
            path = _pom_path(*coordinates)
            try:
                document = documents.get(path)
            except Absent:
                if not self._chain:
                    raise
                break
            if not self._chain:
                self.modified_at = document.modified_at
            self._chain.append(_parse(document, path))
            coordinates = None if self._is_complete() else _parent(self._chain[-1])

    def _is_complete(self) -> bool:
        return self.licence is not None and self.repository is not None

    def find(self, path: str) -> str | None:
        return next((found for pom in self._chain if (found := _at(pom, path))), None)

    @property
    def repository(self) -> str | None:
        stated = self.find("scm/url") or self.find("scm/connection")
        return stated.removeprefix("scm:git:").removeprefix("scm:") if stated else None

    @property
    def licence(self) -> str | None:
        for pom in self._chain:
            stated = [
                (_at(node, "name") or "", _at(node, "url") or "")
                for node in pom.iterfind("{*}licenses/{*}license")
            ]
            if stated:
                return declared_licence(stated)
        return None

    @property
    def relocation(self) -> str | None:
        """Where the artefact went to, null if it is still here."""
        moved = self._chain[0].find("{*}distributionManagement/{*}relocation")
        if moved is None:
            return None
        where = [_at(moved, part) for part in ("groupId", "artifactId", "version")]
        return f"relocated to {':'.join(filter(None, where))}"


def _pom_path(group: str, artifact: str, name: str) -> str:
    folder = f"/{quote(group.replace('.', '/'))}/{quote(artifact)}/{quote(name, safe='')}"
    return f"{folder}/{quote(artifact)}-{quote(name, safe='')}.pom"


def _parent(pom: etree._Element) -> tuple[str, str, str] | None:
    group, artifact, name = (_at(pom, f"parent/{part}") for part in ("groupId", "artifactId", "version"))
    return (group, artifact, name) if group and artifact and name and "$" not in name else None


def _parse(document: Document, path: str) -> etree._Element:
    try:
        return load_xml(document.content)
    except ScanError as error:
        raise CrawlError(f"{path}: {error}") from error


def _at(node: etree._Element, path: str) -> str | None:
    found = node.find("/".join(f"{{*}}{part}" for part in path.split("/")))
    return None if found is None else _text(found)


def _text(node: etree._Element) -> str | None:
    return text(node.text)


REGISTRY = RegistryKind("maven", read)
