"""Pipfile.lock: what Pipenv pins, by category, with hashes.

The file tells no edges and not what the project itself asks for, which stands in the Pipfile beside it.
`default` is required and `develop` excluded; of categories that a project names itself nothing is known.
Folders (`path`, `editable`) are the developer's own.
"""

from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.python.pipfile_manifest import MANIFEST, PipfileRequirement, read_requirements
from sbom.lockfiles.python.python_requirement import PURL_TYPE, archive_version, exact_version, is_archive
from sbom.lockfiles.toml_file import read_manifest
from sbom.model import Scope, UnknownKind

_META = "_meta"
_SCOPES = {"default": Scope.REQUIRED, "develop": Scope.EXCLUDED}
_VCS = ("git", "hg", "svn", "bzr")
_SPEC = "6"


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each pinned package once, and an edge from the project for each that the Pipfile asks for."""
    document, _ = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a Pipfile.lock"
    )
    _check_spec(as_map(document.get(_META)), findings)
    manifest = file.resolve(MANIFEST)
    findings.covers(manifest)
    toml = read_manifest(file.tree, manifest)
    asked: dict[tuple[Scope | None, str], PipfileRequirement] | None = None
    if toml is not None:
        asked = {(row.scope, row.requirement.name): row for row in read_requirements(toml)}
    for category, packages in document.items():
        if category != _META:
            _record_category(as_map(packages), _SCOPES.get(category), asked, findings)
    merge_components(findings)


def _check_spec(meta: LocatedMap, findings: Findings) -> None:
    spec = meta.get("pipfile-spec", _SPEC)
    if str(spec) != _SPEC:
        reason = f"pipfile-spec {spec} is not known; read as {_SPEC}"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, meta.line("pipfile-spec"))


def _record_category(
    packages: LocatedMap,
    scope: Scope | None,
    asked: dict[tuple[Scope | None, str], PipfileRequirement] | None,
    findings: Findings,
) -> None:
    for key, value in packages.items():
        entry = as_map(value)
        if _is_folder(entry):
            continue
        name, line = canonicalize_name(key), packages.line(key)
        request = (asked or {}).get((scope, name))
        constraint = request.requirement.constraint if request else None
        source_url, version = _source_url(entry), _version(entry)
        purl = findings.component(
            PURL_TYPE,
            None,
            name,
            version,
            constraint=constraint,
            scope=scope,
            direct=None if asked is None else any(name == wanted for _, wanted in asked),
            hashes=digests(as_list(entry.get("hashes"))),
            source_url=source_url,
            line=line,
        )
        if version is None and source_url is None:
            findings.unknown(UnknownKind.UNRESOLVED, f"no version is locked for {name}", line)
        if request is not None:
            findings.edge(None, purl, constraint=constraint, scope=scope, line=line)


def _is_folder(entry: LocatedMap) -> bool:
    location = as_text(entry.get("path")) or as_text(entry.get("file"))
    is_local = location is not None and ("://" not in location or location.startswith("file:"))
    return is_local and not is_archive(location or "")


def _version(entry: LocatedMap) -> str | None:
    location: Any = as_text(entry.get("file")) or as_text(entry.get("path"))
    return exact_version(as_text(entry.get("version"))) or (archive_version(location) if location else None)


def _source_url(entry: LocatedMap) -> str | None:
    """The repository with its commit, or the archive; an index is named, but does not tell the archive."""
    for kind in _VCS:
        repository = as_text(entry.get(kind))
        if repository is not None:
            url = git_url(repository, as_text(entry.get("ref")))
            return url if kind == "git" else f"{kind}+{url.removeprefix('git+')}"
    location = as_text(entry.get("file"))
    return without_credentials(location) if location and "://" in location else None


FORMAT = Format(
    name="pipfile-lock",
    version="1",
    globs=("Pipfile.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Pipenv Pipfile.lock",
)
