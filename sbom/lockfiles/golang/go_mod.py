"""go.mod with the go.sum beside it: the modules that a Go module is built from.

Since Go 1.17 go.mod lists every module that provides a package to the build, transitive ones as `// indirect`
(https://go.dev/ref/mod#graph-pruning), so go.sum adds nothing: it also keeps checksums of versions that were
looked at and not chosen. Before Go 1.17 transitive modules only show in go.sum. A line without `/go.mod`
there means that the module's content was fetched to build, and minimal version selection takes the highest
version that is asked for, so the highest such version of each module that go.mod does not list is taken, as
Trivy does; an unknown says so.

A `replace` with a module means that the other module is built; with a folder, the developer's own code. The
edges between modules stand in the modules' own go.mod files, so only those of the project are known. The
format does not tell tests from the rest, so scope is null; only a tool's edge (`tool`, since Go 1.24) is
excluded. `go` and `toolchain` are lowest versions, not the version that builds, and give no component.

go.sum's `h1:` is a SHA-256 over a list of file names and their SHA-256 digests
(https://go.dev/ref/mod#go-sum-files). CycloneDX has no such algorithm, and as a SHA-256 of the module's
archive it would be false, so no hashes are recorded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*(?:"|$)|`[^`]*(?:`|$)|=>|[()]|[^\s"`()]+')
_SEMVER = re.compile(r"v(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_GO_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})")
_LISTS_ALL_MODULES = (1, 17)
_WITHOUT_DIRECTIVE = (1, 16)
"""The language version of a go.mod without `go` directive, by Go's reference."""
_WITHOUT_ROWS = frozenset({"retract", "toolchain", "godebug", "ignore"})
_BLOCKS = _WITHOUT_ROWS | {"module", "require", "replace", "exclude", "tool"}
_REPORTED_LINES = 20

_Replacements = dict[tuple[str, str | None], tuple[str, str | None]]
"""(module, version or null for all) → (module or folder, version or null for a folder)."""


@dataclass(frozen=True, slots=True)
class _Requirement:
    module: str
    version: str
    is_indirect: bool
    line: int


@dataclass(slots=True)
class _Manifest:
    module: str | None = None
    module_line: int | None = None
    go: tuple[int, int] | None = None
    required: list[_Requirement] = field(default_factory=list)
    replaced: _Replacements = field(default_factory=dict)
    excluded: set[tuple[str, str]] = field(default_factory=set)
    tools: list[str] = field(default_factory=list)
    """Package paths of the tools that the project runs."""
    broken: list[int] = field(default_factory=list)

    def replacement(self, module: str, version: str) -> tuple[str, str | None]:
        """What is built in place of a module: itself, another module, or a folder (version null)."""
        for key in ((module, version), (module, None)):
            if key in self.replaced:
                return self.replaced[key]
        return module, version


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared module, the modules that it is built from, and what it asks for itself."""
    manifest = _read_manifest(decode_text(file.content))
    for line in manifest.broken[:_REPORTED_LINES]:
        findings.unknown(UnknownKind.BROKEN, "not a directive of go.mod", line)
    if len(manifest.broken) > _REPORTED_LINES:
        reason = f"{len(manifest.broken) - _REPORTED_LINES} more lines are no directives of go.mod"
        findings.unknown(UnknownKind.BROKEN, reason)
    if manifest.module:
        findings.declares("golang", *split_path(manifest.module), line=manifest.module_line)
    tools = _tool_modules(manifest)
    for required in manifest.required:
        _record(required, required.module in tools, manifest, file, findings)
    go = manifest.go
    if go is None and manifest.module and not manifest.broken:
        go = _WITHOUT_DIRECTIVE
    if go is not None and go < _LISTS_ALL_MODULES:
        _record_from_sum(manifest, ".".join(map(str, go)), file, findings)


def _record(
    required: _Requirement, is_tool: bool, manifest: _Manifest, file: SourceFile, findings: Findings
) -> None:
    module, version = manifest.replacement(required.module, required.version)
    if version is None:
        if file.resolve(module) is None:
            reason = f"{required.module} is replaced by a folder outside the repository: {module!r}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, required.line)
        return
    is_direct = not required.is_indirect or is_tool
    purl = findings.component("golang", *split_path(module), version, direct=is_direct, line=required.line)
    if is_direct:
        scope = Scope.EXCLUDED if is_tool and required.is_indirect else None
        findings.edge(None, purl, constraint=required.version, scope=scope, line=required.line)


def _tool_modules(manifest: _Manifest) -> set[str]:
    """The required module of each tool: the one whose path is the longest prefix of the tool's package."""
    modules = {required.module for required in manifest.required}
    found = set()
    for tool in manifest.tools:
        path = tool
        while path and path not in modules:
            path = path.rpartition("/")[0]
        found.add(path)
    return found


def _record_from_sum(manifest: _Manifest, go: str, file: SourceFile, findings: Findings) -> None:
    content = file.read_sibling("go.sum")
    if content is None:
        if manifest.required:
            reason = f"go {go} does not list transitive modules in go.mod, and there is no go.sum"
            findings.unknown(UnknownKind.UNRESOLVED, reason)
        return
    listed = {required.module for required in manifest.required}
    listed |= {manifest.replacement(r.module, r.version)[0] for r in manifest.required}
    highest: dict[str, str] = {}
    for module, version in _read_sum(decode_text(content)):
        is_replaced = manifest.replacement(module, version) != (module, version)
        if module in listed or is_replaced or (module, version) in manifest.excluded:
            continue  # what stands in for a replaced module has lines of its own
        if module not in highest or _order(highest[module]) < _order(version):
            highest[module] = version
    for module, version in sorted(highest.items()):
        findings.component("golang", *split_path(module), version, direct=False)
    if highest:
        reason = f"go {go}: {len(highest)} transitive modules are from go.sum, the highest version of each"
        findings.unknown(UnknownKind.UNRESOLVED, reason)


def _read_manifest(text: str) -> _Manifest:
    manifest = _Manifest()
    for line, verb, arguments, comment in _directives(text):
        if verb == "module" and len(arguments) == 1:
            manifest.module, manifest.module_line = arguments[0], line
        elif verb == "go" and (found := _GO_VERSION.match(arguments[0] if arguments else "")):
            manifest.go = int(found[1]), int(found[2])
        elif verb == "require" and len(arguments) == 2:
            is_indirect = comment == "indirect" or comment.startswith("indirect;")
            manifest.required.append(_Requirement(arguments[0], arguments[1], is_indirect, line))
        elif verb == "replace" and "=>" in arguments:
            position = arguments.index("=>")
            old, new = arguments[:position], arguments[position + 1 :]
            if len(old) in (1, 2) and len(new) in (1, 2):
                manifest.replaced[old[0], old[1] if old[1:] else None] = (new[0], new[1] if new[1:] else None)
            else:
                manifest.broken.append(line)
        elif verb == "exclude" and len(arguments) == 2:
            manifest.excluded.add((arguments[0], arguments[1]))
        elif verb == "tool" and len(arguments) == 1:
            manifest.tools.append(arguments[0])
        elif verb not in _WITHOUT_ROWS:
            manifest.broken.append(line)
    return manifest


def _directives(text: str) -> Iterator[tuple[int, str, list[str], str]]:
    """(line, verb, arguments, comment) of each directive; in a block the verb stands before the bracket."""
    block: str | None = None
    opened = 0
    for number, raw in enumerate(text.split("\n"), 1):
        body, _, comment = raw.partition("//")
        if "`" in body or '"' in body:
            body, comment = _split_quoted(raw)
        tokens = [token.strip('"`') for token in _TOKEN.findall(body)]
        if tokens[1:] == ["("] and block is None:
            block, opened = tokens[0], number
            if block not in _BLOCKS:
                yield number, block, [], ""
        elif tokens == [")"] and block is not None:
            block = None
        elif tokens and block is None:
            yield number, tokens[0], tokens[1:], comment.strip()
        elif tokens and block in _BLOCKS:
            yield number, str(block), tokens, comment.strip()
    if block is not None:
        yield opened, "unclosed block", [], ""


def _split_quoted(line: str) -> tuple[str, str]:
    """A line and its comment where a quoted path may hold `//`."""
    masked = _TOKEN.sub(lambda found: "x" * len(found[0]) if found[0][0] in '"`' else found[0], line)
    start = masked.find("//")
    return (line, "") if start < 0 else (line[:start], line[start + 2 :])


def _read_sum(text: str) -> Iterator[tuple[str, str]]:
    """Modules whose content go.sum vouches for, without the lines that vouch for a go.mod file alone."""
    for line in text.split("\n"):
        fields = line.split()
        if len(fields) == 3 and not fields[1].endswith("/go.mod"):
            yield fields[0], fields[1]


def _order(version: str) -> tuple[object, ...]:
    """Semantic versioning's order, pre-releases before releases; what is no version comes first."""
    found = _SEMVER.fullmatch(version)
    if found is None:
        return (0,)
    pre = found[4]
    identifiers = [_identifier(part) for part in (pre.split(".") if pre else ())]
    return (1, int(found[1]), int(found[2]), int(found[3]), pre is None, identifiers)


def _identifier(part: str) -> tuple[int, int, str]:
    """Numbers come before words, and a number with more digits after one with fewer."""
    if not part.isdigit():
        return (1, 0, part)
    digits = part.lstrip("0")
    return (0, len(digits), digits)


FORMAT = Format(
    name="go-mod",
    version="1",
    globs=("go.mod",),
    purl_type="golang",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.EDGES, Knows.LINE}),
    title="go.mod (with go.sum)",
)
