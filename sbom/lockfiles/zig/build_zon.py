"""build.zig.zon: the Zig package that a folder is, and the addresses that it takes others from.

Zig has no registry: a dependency is an address with the digest of the files behind it, which is no hash of
the archive. It is named by its repository where the address is one of a forge; a branch is no version, the
digest may tell one. Folders are the developer's own, `.lazy` ones are optional. https://github.com/ziglang/zig/blob/master/doc/build.zig.zon.md
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.fetched import is_exact_revision
from sbom.lockfiles.literal_tables import read_zon
from sbom.lockfiles.located import LocatedMap, as_map, as_text
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_repository

_ARCHIVE = re.compile(
    r"(?P<repository>https?://[^/]+/[^/]+/[^/]+)/(?:-/)?(?:archive|releases/download)/(?:refs/(?:tags|heads)/)?"
    r"(?P<revision>[^/?#]+?)(?:/[^?#]*|\.tar\.[a-z]+|\.tgz|\.zip)(?:[?#].*)?"
)
_HASH = re.compile(r"(?P<name>[A-Za-z_]\w*)-(?P<version>\d+\.\d+\.\d+[^-]*)-[\w-]{30,}")
_LONGEST = 2000


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package and its dependencies."""
    document, error = read_zon(decode_text(file.content), findings.limits)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    if not isinstance(document, LocatedMap):
        raise Malformed("not a build.zig.zon: no struct", 1)
    name = as_text(document.get("name"))
    if name is not None:
        findings.declares(
            "generic", "zig", name, as_text(document.get("version")), line=document.line("name")
        )
    wanted = as_map(document.get("dependencies"))
    for key, value in wanted.items():
        entry = as_map(value)
        url, line = as_text(entry.get("url")), wanted.line(key)
        if url is not None and len(url) <= _LONGEST:
            _record(key, url, entry, line, findings)
        elif url is not None:
            reason = f"the address of {key} has more than {_LONGEST} characters"
            findings.unknown(UnknownKind.LIMIT, reason, line)
        elif "path" not in entry:
            findings.unknown(UnknownKind.BROKEN, f"{key} has neither an address nor a path", line)
    merge_components(findings)


def _record(key: str, url: str, entry: LocatedMap, line: int | None, findings: Findings) -> None:
    scope = Scope.OPTIONAL if entry.get("lazy") == "true" else Scope.REQUIRED
    archive, told = _ARCHIVE.fullmatch(url), _HASH.fullmatch(as_text(entry.get("hash")) or "")
    is_git = url.startswith("git+")
    location, _, commit = url.partition("#")
    repository = archive["repository"] if archive else location.removeprefix("git+").partition("?")[0]
    coordinates = split_repository(repository) if archive or is_git else None
    if coordinates is None:
        coordinates = ("generic", None, told["name"] if told else key)
    reference = archive["revision"] if archive else commit if is_git else ""
    is_exact = is_exact_revision(reference)
    version = reference if is_exact else told["version"] if told else None
    constraint = reference if reference and not is_exact else None
    source = git_url(location.partition("?")[0], commit or None) if is_git else without_credentials(url)
    purl = findings.component(
        *coordinates,
        version,
        constraint=constraint,
        scope=scope,
        direct=True,
        source_url=source,
        line=line,
    )
    findings.edge(None, purl, constraint=constraint, scope=scope, line=line)
    if version is None:
        findings.unknown(UnknownKind.NO_EXACT_VERSION, f"the address of {key} tells no version", line)


FORMAT = Format(
    name="build-zig-zon",
    version="2",
    globs=("build.zig.zon",),
    purl_type="generic",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Zig build.zig.zon",
)
