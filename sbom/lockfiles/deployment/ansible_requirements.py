"""Ansible's requirements.yml for galaxy, and the galaxy.yml of a collection.

requirements.yml lists collections and roles, as a list (roles only) or under two keys. A version is exact
only if it is one; ranges and branches of repositories are constraints. Files of these names that hold neither
are another tool's. https://docs.ansible.com/ansible/latest/galaxy/user_guide.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.makers import authors
from sbom.model import UnknownKind
from sbom.purl import ANSIBLE_TYPE, split_repository

_EXACT = re.compile(r"(?:==)?\s*(v?\d+(?:\.\d+)+[\w.+-]*|[0-9a-f]{40})")
_NAME = re.compile(r"(?P<namespace>[\w-]+)\.(?P<name>[\w-]+)")
_GALAXY = "galaxy.yml"


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    version: str | None
    source: str | None
    is_repository: bool
    line: int | None


def parse(file: SourceFile, findings: Findings) -> None:
    """Record collections and roles; a galaxy.yml also declares the collection that the folder holds."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2)
    document = reading.documents[0] if reading.documents else None
    wanted = list(_galaxy(document, findings) if file.name == _GALAXY else _requirements(document))
    if reading.error is not None and (wanted or findings.declared or file.name == _GALAXY):
        findings.unknown(UnknownKind.BROKEN, str(reading.error), reading.error.line)
    open_versions = sum(_record(item, findings) for item in wanted)
    merge_components(findings)
    if open_versions:
        reason = f"no exact version for {open_versions} of {len(wanted)} collections and roles"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason)


def _requirements(document: object) -> Iterator[_Wanted]:
    sections = as_map(document)
    roles = as_list(sections.get("roles") if sections else document)
    for item, line in roles.located():
        yield from _entry(item, line, source_is_location=True)
    for item, line in as_list(sections.get("collections")).located():
        yield from _entry(item, line, source_is_location=False)


def _entry(item: object, line: int, *, source_is_location: bool) -> Iterator[_Wanted]:
    """A name, or a mapping; roles name their location in `src`, collections of repositories in `name`."""
    if isinstance(item, str):
        asked, _, range_ = item.partition(":" if "://" not in item else ",")
        yield _Wanted(asked.strip(), range_.strip() or None, None, "://" in asked, line)
        return
    entry = as_map(item)
    source, name = as_text(entry.get("src")), as_text(entry.get("name"))
    version = as_text(entry.get("version"))
    if source_is_location and source is not None:
        is_repository = "://" in source or source.startswith("git@")
        yield _Wanted(source, version, None, is_repository, line)
    elif name is not None:
        is_git = entry.get("type") == "git" or "://" in name or name.startswith("git@")
        yield _Wanted(name, version, as_text(entry.get("source")), is_git, line)


def _galaxy(document: object, findings: Findings) -> Iterator[_Wanted]:
    galaxy: LocatedMap = as_map(document)
    namespace, name = as_text(galaxy.get("namespace")), as_text(galaxy.get("name"))
    if namespace is not None and name is not None:
        licences = [text for text in map(as_text, as_list(galaxy.get("license"))) if text]
        findings.declares(
            ANSIBLE_TYPE,
            namespace,
            name,
            as_text(galaxy.get("version")),
            licence=" AND ".join(licences) or as_text(galaxy.get("license")),
            description=as_text(galaxy.get("description")),
            keywords=[text for text in map(as_text, as_list(galaxy.get("tags"))) if text],
            line=galaxy.line("name"),
            authors=authors(galaxy.get("authors")),
        )
    wanted = as_map(galaxy.get("dependencies"))
    for key, constraint in wanted.items():
        yield _Wanted(key, as_text(constraint), None, False, wanted.line(key))


def _record(wanted: _Wanted, findings: Findings) -> bool:
    """Write one collection or role; whether its version is left open."""
    exact = _EXACT.fullmatch(wanted.version or "")
    version = exact[1] if exact else None
    constraint = wanted.version if wanted.version != "*" else None
    source: str | None
    if wanted.is_repository:
        location = wanted.name.removeprefix("git+")
        coordinates = split_repository(location)
        source = git_url(location, wanted.version)
    else:
        found = _NAME.fullmatch(wanted.name)
        coordinates = (ANSIBLE_TYPE, found["namespace"], found["name"]) if found else None
        source = without_credentials(wanted.source) if wanted.source and "://" in wanted.source else None
    if coordinates is None:
        reason = f"names no collection or role: {wanted.name!r}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, wanted.line)
        return False
    purl = findings.component(
        *coordinates, version, constraint=constraint, direct=True, source_url=source, line=wanted.line
    )
    findings.edge(None, purl, constraint=constraint, line=wanted.line)
    return version is None


FORMAT = Format(
    name="ansible-requirements",
    version="2",
    globs=("requirements.yml", "requirements.yaml", _GALAXY),
    purl_type=ANSIBLE_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Ansible requirements.yml, galaxy.yml",
)
