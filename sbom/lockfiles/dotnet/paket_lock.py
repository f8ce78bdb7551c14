"""Paket's paket.lock: resolved packages of .NET and their edges, in groups.

A package of several groups is one component for each of its versions. Which packages the project asks for is
told by the paket.dependencies beside the file, whose rows these replace. Groups named for tests and build
tools are excluded. Files of other repositories are these repositories at the locked commit.
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.dotnet.paket_files import Asked, Locked, group_scope, read_asked, read_locked
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_repository


def parse(file: SourceFile, findings: Findings) -> None:
    """Write packages, repositories and edges."""
    broken: list[int] = []
    entries = list(read_locked(decode_text(file.content), broken))
    findings.alike(UnknownKind.BROKEN, [(line, "not a line of paket.lock") for line in broken])
    content = file.read_sibling("paket.dependencies")
    findings.covers(posixpath.join(file.folder, "paket.dependencies"))
    asked = None if content is None else list(read_asked(decode_text(content)))
    direct = None if asked is None else {(row.group, row.name.lower()): row for row in asked}
    purls: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.source == "NUGET":
            purl = _package(entry, direct, findings)
            purls[entry.group, entry.name.lower()] = purl
        else:
            _repository(entry, findings)
    missing = 0
    for entry in entries:
        source = purls.get((entry.group, entry.name.lower())) if entry.source == "NUGET" else None
        for name, constraint, line in entry.wants if source else ():
            target = purls.get((entry.group, name.lower()))
            missing += target is None
            findings.edge(source, target or "", constraint=constraint, line=line)
    if missing:
        reason = f"{missing} named dependencies are not locked in this file"
        findings.unknown(UnknownKind.UNRESOLVED, reason)
    merge_components(findings)


def _package(entry: Locked, direct: dict[tuple[str, str], Asked] | None, findings: Findings) -> str:
    scope = group_scope(entry.group)
    request = direct.get((entry.group, entry.name.lower())) if direct is not None else None
    purl = findings.component(
        PURL_TYPE,
        None,
        entry.name,
        entry.version,
        constraint=request.constraint if request else None,
        scope=scope,
        direct=None if direct is None else request is not None,
        line=entry.line,
    )
    if request is not None:
        findings.edge(None, purl, constraint=request.constraint, scope=scope, line=entry.line)
    return purl


def _repository(entry: Locked, findings: Findings) -> None:
    """A file or the whole of a repository at a commit; files of web servers have no version."""
    url = f"https://github.com/{entry.remote}" if entry.source == "GITHUB" else entry.remote
    coordinates = split_repository(url) if entry.source in ("GITHUB", "GIT") else None
    if coordinates is None:
        reason = f"{entry.name[:200]} of {entry.remote} has no version"
        findings.unknown(UnknownKind.UNRESOLVED, reason, entry.line)
        return
    scope = group_scope(entry.group)
    purl = findings.component(
        *coordinates,
        entry.version,
        scope=scope,
        direct=True,
        source_url=git_url(url, entry.version),
        line=entry.line,
    )
    findings.edge(None, purl, scope=scope, line=entry.line)


FORMAT = Format(
    name="paket-lock",
    version="2",
    globs=("paket.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Paket paket.lock (with paket.dependencies)",
)
