"""deno.lock, versions 2 to 5: packages of npm and JSR, and modules that are fetched by URL.

`specifiers` maps what is asked for (`npm:chalk@5`) to what answers. Those that no JSR package asks for,
the project does; `workspace` lists what deno.json and package.json ask for. Only a package.json tells scopes.
JSR's `integrity` is of a package's metadata, not of its archive, so it is no hash of the component. Modules
of `remote` name packages only where the host is deno.land, whose URLs hold name and version.
"""

import posixpath
import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.javascript.npm_manifest import MANIFEST, find_manifest
from sbom.lockfiles.javascript.npm_package import PURL_TYPE, alias_target, integrity_digests, split_reference
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reachability import strongest
from sbom.model import Scope, UnknownKind
from sbom.purl import JSR_TYPE, split_npm

_KNOWN_VERSIONS = ("2", "3", "4", "5")
_DENO_LAND = re.compile(r"https://deno\.land/(?P<name>x/[^/@]+|std)@(?P<version>[^/]+)/")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write packages, their edges, and those of the project."""
    document, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a deno.lock"
    )
    version = as_text(document.get("version"))
    if version not in _KNOWN_VERSIONS:
        reason = f"version {version or 'missing'} is not known; read as far as it looks like one"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, document.line("version"))
    lock = _Lock(document)
    lock.read_packages()
    is_project_known = lock.read_requests(_manifest_scopes(file, findings, document))
    if is_whole:
        lock.graph.derive_scopes()
    else:
        lock.graph.missing.clear()
    lock.graph.write(findings, direct_known=is_project_known and is_whole)
    _record_modules(as_map(document.get("remote")), findings)


class _Lock:
    """The file, read into a graph whose keys are `npm:name@version` and `jsr:@scope/name@version`."""

    def __init__(self, document: LocatedMap) -> None:
        self.graph = PackageGraph(split_name=split_npm)
        self._document = document
        nested, npm = as_map(document.get("packages")), as_map(document.get("npm"))
        if "packages" in npm and "specifiers" in npm:  # version 2, which knows npm only
            self._specifiers = as_map(npm["specifiers"])
            self._answers = {f"npm:{asked}": f"npm:{as_text(key)}" for asked, key in self._specifiers.items()}
            npm = as_map(npm["packages"])
        elif "specifiers" in nested or "npm" in nested or "jsr" in nested:  # version 3
            self._specifiers = as_map(nested.get("specifiers"))
            self._answers = {asked: as_text(key) or "" for asked, key in self._specifiers.items()}
            npm = as_map(nested.get("npm"))
        else:
            self._specifiers = as_map(document.get("specifiers"))
            self._answers = {
                asked: f"{_without_range(asked)}@{as_text(version)}"
                for asked, version in self._specifiers.items()
            }
        self._entries = {"npm": npm, "jsr": as_map(nested.get("jsr") or document.get("jsr"))}
        self._by_name: dict[str, list[str]] = {}
        self._asked_by_packages: set[str] = set()

    def read_packages(self) -> None:
        """Add all packages and what they ask for."""
        for registry, entries in self._entries.items():
            for written, value in entries.items():
                key = f"{registry}:{written}"
                self.graph.packages[key] = _package(registry, written, as_map(value), entries.line(written))
                self._by_name.setdefault(f"{registry}:{split_reference(written)[0]}", []).append(key)
        for registry, entries in self._entries.items():
            for written, value in entries.items():
                for section, scope in (
                    ("dependencies", Scope.REQUIRED),
                    ("optionalDependencies", Scope.OPTIONAL),
                ):
                    wanted = as_map(value).get(section)
                    for asked, line in _wanted(wanted):
                        self._connect(f"{registry}:{written}", registry, asked, scope, line)

    def _connect(self, key: str, registry: str, asked: str, scope: Scope, line: int | None) -> None:
        target, constraint = None, None
        if registry == "jsr":
            specifier = self._specifier(asked)
            self._asked_by_packages.add(specifier)
            target, constraint = self._answers.get(specifier), split_reference(asked.partition(":")[2])[1]
        if target not in self.graph.packages:
            target = self._find(asked if asked.startswith(("npm:", "jsr:")) else f"npm:{asked}")
        if target is not None:
            self.graph.connect(key, Edge(target, constraint or None, scope, line))
        elif scope is not Scope.OPTIONAL:
            self.graph.missing.append((asked, line))

    def _specifier(self, asked: str) -> str:
        """A specifier as listed; its range is left out where there is only one of the name."""
        if asked in self._answers or "@" in asked.partition(":")[2][1:]:
            return asked
        return next((known for known in self._answers if known.startswith(f"{asked}@")), asked)

    def _find(self, reference: str) -> str | None:
        """`npm:name`, `npm:name@version` or `npm:alias@npm:name@version`, as packages name each other."""
        registry, _, rest = reference.partition(":")
        if "@npm:" in rest:
            rest = rest.partition("@npm:")[2]
        key = f"{registry}:{rest}"
        named = self._by_name.get(key, ())
        return key if key in self.graph.packages else named[0] if len(named) == 1 else None

    def read_requests(self, scopes: dict[str, Scope]) -> bool:
        """Add what the project asks for; false if the file does not tell all of it from what packages do."""
        listed = set(_workspace_specifiers(as_map(self._document.get("workspace"))))
        for written, (asked, target) in zip(self._specifiers, self._answers.items(), strict=True):
            name, constraint = split_reference(asked.partition(":")[2])
            line = self._specifiers.line(written)
            if asked in self._asked_by_packages and asked not in listed:
                continue
            if target in self.graph.packages:
                self.graph.connect(None, Edge(target, constraint or None, scopes.get(name), line))
            else:
                self.graph.missing.append((asked, line))
        return bool(self._specifiers) and self._asked_by_packages <= listed


def _without_range(specifier: str) -> str:
    """`jsr:@scope/name@1` → `jsr:@scope/name`."""
    registry, _, reference = specifier.partition(":")
    return f"{registry}:{split_reference(reference)[0]}"


def _package(registry: str, written: str, entry: LocatedMap, line: int | None) -> Package:
    name, version = split_reference(written)
    if registry == "jsr":
        return Package(name, version or None, line, purl_type=JSR_TYPE)
    return Package(
        name,
        version.partition("_")[0] or None,  # peers stand behind the version
        line,
        purl_type=PURL_TYPE,
        hashes=integrity_digests(as_text(entry.get("integrity"))),
        source_url=origin_url(as_text(entry.get("tarball"))),
    )


def _wanted(section: object) -> Iterator[tuple[str, int | None]]:
    """Names of a list, or the targets of a mapping, as versions 2 and 3 wrote it."""
    for item, line in as_list(section).located():
        if isinstance(item, str):
            yield item, line
    mapping = as_map(section)
    for name, target in mapping.items():
        yield as_text(target) or name, mapping.line(name)


def _workspace_specifiers(workspace: LocatedMap) -> Iterator[str]:
    members = [workspace, *map(as_map, as_map(workspace.get("members")).values())]
    for member in members:
        for part in (member, as_map(member.get("packageJson"))):
            yield from (item for item in as_list(part.get("dependencies")) if isinstance(item, str))


def _manifest_scopes(file: SourceFile, findings: Findings, document: LocatedMap) -> dict[str, Scope]:
    """Scopes by package name of the package.json files that the lock file covers."""
    workspace = as_map(document.get("workspace"))
    folders = [""] if "packageJson" in workspace else []
    members = as_map(workspace.get("members"))
    folders += [folder for folder, member in members.items() if "packageJson" in as_map(member)]
    scopes: dict[str, Scope] = {}
    for folder in folders:
        path = file.resolve(posixpath.join(folder, MANIFEST))
        findings.covers(path)
        manifest = find_manifest(file.tree, path)
        for wanted in manifest.requirements if manifest else ():
            alias = alias_target(wanted.constraint or "")
            name = alias[0] if alias else wanted.name
            scopes[name] = strongest((scopes.get(name, wanted.scope), wanted.scope)) or wanted.scope
    return scopes


def _record_modules(remote: LocatedMap, findings: Findings) -> None:
    """One component for each package of deno.land; other modules are counted."""
    purls = set()
    others: list[str] = []
    for url in remote:
        found = _DENO_LAND.match(url)
        if found is None:
            others.append(url)
        elif (found["name"], found["version"]) not in purls:
            purls.add((found["name"], found["version"]))
            namespace, _, name = f"deno.land/{found['name']}".rpartition("/")
            findings.component(
                "generic",
                namespace,
                name,
                found["version"],
                source_url=found[0],
                line=remote.line(url),
            )
    if others:
        reason = f"{len(others)} modules are fetched by URL and name no package"
        findings.unknown(UnknownKind.UNRESOLVED, reason, remote.line(others[0]))


FORMAT = Format(
    name="deno-lock",
    version="1",
    globs=("deno.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="deno.lock (v2–v5)",
)
