"""Swift Package Manager's Package.resolved, versions 1 to 3: the pinned repositories, as one flat list.

A package is named by where its repository is (`github.com/owner/name`), as the purl type `swift` wants it;
one of a registry by its scope and name. Pinned to a branch or commit, its version is the commit. Edges,
scope and direct packages only stand in Package.swift, which is Swift code.
"""

import re
from urllib.parse import urlsplit

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.origins import origin_url
from sbom.model import UnknownKind
from sbom.purl import split_path

PURL_TYPE = "swift"
_NEWEST = 3
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+@[\w.-]+:")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write each pin; one without a location or an identity is an unknown."""
    is_first_version = b'"object"' in file.content
    root, _ = read_root(
        load_located_json(file.content, findings.limits, entry_depth=3 if is_first_version else 2),
        findings,
        "a Package.resolved",
    )
    version = root.get("version")
    if isinstance(version, int) and version > _NEWEST:
        reason = f"version {version} is newer than {_NEWEST}, as which it was read"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, root.line("version"))
    holder = as_map(root.get("object")) or root
    seen: set[str] = set()
    for pin in map(as_map, as_list(holder.get("pins"))):
        _record(findings, pin, seen)


def _record(findings: Findings, pin: LocatedMap, seen: set[str]) -> None:
    identity = as_text(pin.get("identity")) or as_text(pin.get("package"))
    location = as_text(pin.get("location")) or as_text(pin.get("repositoryURL")) or ""
    line = pin.line("identity") or pin.line("package")
    state = as_map(pin.get("state"))
    revision = as_text(state.get("revision"))
    path = repository_path(location)
    if path is None and identity is None:
        findings.unknown(UnknownKind.BROKEN, "a pin without identity and location", line)
        return
    if path is not None:
        namespace, name = split_path(path)
    elif pin.get("kind") == "registry" and "." in (identity or ""):
        namespace, _, name = (identity or "").partition(".")
    else:
        namespace, name = None, identity or ""
    version = as_text(state.get("version")) or revision
    if f"{namespace}/{name}@{version}" in seen:
        return
    seen.add(f"{namespace}/{name}@{version}")
    if version is None:
        findings.unknown(UnknownKind.UNRESOLVED, f"{name} is pinned to no version and no commit", line)
    findings.component(
        PURL_TYPE if namespace else "generic",  # a purl of Swift must name the host: this is a local folder
        namespace,
        name,
        version,
        constraint=as_text(state.get("branch")),
        source_url=origin_url(f"git+{location}#{revision or ''}") if path is not None else None,
        line=line,
    )


def repository_path(url: str) -> str | None:
    """`https://host/owner/name.git`, `git@host:owner/name.git` → `host/owner/name`; null for a local path."""
    if not _REMOTE.match(url):
        return None
    try:
        parts = urlsplit((origin_url(f"git+{url}") or "").removeprefix("git+"))
        host = parts.hostname
    except ValueError:
        return None
    path = parts.path.strip("/").removesuffix(".git")
    return f"{host}/{path}" if host and path else None


FORMAT = Format(
    name="swift-resolved",
    version="2",
    globs=("Package.resolved", ".package.resolved"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE, Knows.SOURCE_URL}),
    title="Swift Package.resolved (v1–v3)",
)
