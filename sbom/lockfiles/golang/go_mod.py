"""go.mod with the go.sum beside it: the modules that a Go module is built from.

Since Go 1.17 go.mod lists every module that provides a package to the build, transitive ones as `// indirect`
(https://go.dev/ref/mod#graph-pruning), so go.sum adds nothing: it also keeps checksums of versions that were
looked at and not chosen. Before Go 1.17 transitive modules only show in go.sum. A line without `/go.mod`
there means that the module's content was fetched to build, and minimal version selection takes the highest
version that is asked for, so the highest such version of each module that go.mod does not list is taken, as
Trivy does; an unknown says so.

With a folder `vendor` beside, whose modules.txt lists exactly what is built, that list is taken instead.

A `replace` with a module, here or in the go.work that uses the folder, means that the other module is built;
with a folder, the developer's own code. Other modules of the workspace are the developer's own too. The edges
between modules stand in the modules' own go.mod files, so only those of the project are known. The format
does not tell tests from the rest, so scope is null; only a tool's edge (`tool`, since Go 1.24) is excluded.
`go` and `toolchain` are lowest versions, not the version that builds, and give no component.

go.sum's `h1:` is a SHA-256 over a list of file names and their SHA-256 digests
(https://go.dev/ref/mod#go-sum-files). CycloneDX has no such algorithm, and as a SHA-256 of the module's
archive it would be false, so no hashes are recorded.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.golang.go_manifest import (
    PURL_TYPE,
    Manifest,
    Requirement,
    highest_versions,
    read_manifest,
    read_sum,
)
from sbom.lockfiles.golang.go_vendor import vendored_modules
from sbom.lockfiles.golang.go_workspace import workspace_of
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

_LISTS_ALL_MODULES = (1, 17)
_WITHOUT_DIRECTIVE = (1, 16)
"""The language version of a go.mod without `go` directive, by Go's reference."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared module, the modules that it is built from, and what it asks for itself."""
    manifest = read_manifest(decode_text(file.content))
    findings.alike(UnknownKind.BROKEN, [(line, "not a directive of go.mod") for line in manifest.broken])
    if manifest.module:
        findings.declares(PURL_TYPE, *split_path(manifest.module), line=manifest.module_line)
    tools = _tool_modules(manifest)
    workspace = workspace_of(file.tree, file.folder)
    for required in manifest.required:
        if required.module not in workspace.members:
            built = workspace.replacement(manifest, required.module, required.version)
            _record(required, built, required.module in tools, file, findings)
    go = manifest.go
    if go is None and manifest.module and not manifest.broken:
        go = _WITHOUT_DIRECTIVE
    if go is not None and go < _LISTS_ALL_MODULES:
        _record_from_sum(manifest, ".".join(map(str, go)), file, findings)


def _record(
    required: Requirement,
    built: tuple[str, str | None],
    is_tool: bool,
    file: SourceFile,
    findings: Findings,
) -> None:
    module, version = built
    if version is None:
        if file.resolve(module) is None:
            reason = f"{required.module} is replaced by a folder outside the repository: {module!r}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, required.line)
        return
    is_direct = not required.is_indirect or is_tool
    purl = findings.component(PURL_TYPE, *split_path(module), version, direct=is_direct, line=required.line)
    if is_direct:
        scope = Scope.EXCLUDED if is_tool and required.is_indirect else None
        findings.edge(None, purl, constraint=required.version, scope=scope, line=required.line)


def _tool_modules(manifest: Manifest) -> set[str]:
    """The required module of each tool: the one whose path is the longest prefix of the tool's package."""
    modules = {required.module for required in manifest.required}
    found = set()
    for tool in manifest.tools:
        path = tool
        while path and path not in modules:
            path = path.rpartition("/")[0]
        found.add(path)
    return found


def _record_from_sum(manifest: Manifest, go: str, file: SourceFile, findings: Findings) -> None:
    vendored = vendored_modules(file)
    if vendored is not None:
        listed = {required.module for required in manifest.required}
        for entry in vendored:
            if entry.module not in listed and entry.version is not None:
                findings.component(PURL_TYPE, *split_path(entry.module), entry.version, direct=False)
        return
    content = file.read_sibling("go.sum")
    if content is None:
        if manifest.required:
            reason = f"go {go} does not list transitive modules in go.mod, and there is no go.sum"
            findings.unknown(UnknownKind.UNRESOLVED, reason)
        return
    listed = {required.module for required in manifest.required}
    listed |= {manifest.replacement(r.module, r.version)[0] for r in manifest.required}
    highest = highest_versions(
        found
        for found in read_sum(decode_text(content))
        if found.module not in listed
        # what stands in for a replaced module has lines of its own
        and manifest.replacement(found.module, found.version) == (found.module, found.version)
        and (found.module, found.version) not in manifest.excluded
    )
    for module, found in sorted(highest.items()):
        findings.component(PURL_TYPE, *split_path(module), found.version, direct=False)
    if highest:
        reason = f"go {go}: {len(highest)} transitive modules are from go.sum, the highest version of each"
        findings.unknown(UnknownKind.UNRESOLVED, reason)


FORMAT = Format(
    name="go-mod",
    version="2",
    globs=("go.mod",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.LINE}),
    title="go.mod (with go.sum, go.work, vendor/modules.txt)",
)
