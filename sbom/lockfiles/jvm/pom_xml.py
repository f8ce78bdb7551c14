"""Maven's pom.xml (and *.pom): what a module depends on and builds with.

- Versions come from the pom, its parents, the dependency management of these and the BOMs that they import,
  as far as the repository holds them. What only a parent or BOM outside could tell stays open and is counted
  in an unknown. A version from a BOM of the repository is taken although a parent outside might manage the
  same package; Maven would then prefer the parent's.
- Scope: `compile` and `runtime` are required, `<optional>` is optional. `provided` and `system` are excluded
  like `test`: the product does not ship them, its container or machine does. Plugins with a known version and
  what they run with, extensions, and parents and BOMs outside the repository serve the build: excluded.
- Where the scan is given a local Maven repository, parents and BOMs outside the repository are read from it.
- Profiles that are `activeByDefault` count as part of the project; what another profile adds is optional.
- Modules of the repository are declared packages: a dependency on one is an edge and no component.
- An inherited dependency is a component of the file that states it, and an edge of every module; it is a
  component of the inheriting file only where it resolves to something else there.
- A pom that was published (`*.pom`, `META-INF/maven/`) tells about a package kept in the repository, whose
  dependencies are transitive ones.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.jvm.maven_licences import declared_licence
from sbom.lockfiles.jvm.maven_model import Absent, Model, Resolved
from sbom.lockfiles.jvm.maven_pom import OUTSIDE, PURL_TYPE, read_pom
from sbom.lockfiles.jvm.maven_reactor import Reactor, is_published
from sbom.lockfiles.reachability import strongest
from sbom.makers import authors, organisation
from sbom.model import Scope, UnknownKind
from sbom.purl import Identity, with_version

_SCOPES = {
    "compile": Scope.REQUIRED,
    "runtime": Scope.REQUIRED,
    "provided": Scope.EXCLUDED,
    "system": Scope.EXCLUDED,
    "test": Scope.EXCLUDED,
}
_PINNED = re.compile(r"\[\s*([^\s,\[\]()]+)\s*\]")
_PROPERTY = re.compile(r"\$\{[^${}]*\}|\$\{")
_FLOATING = ("LATEST", "RELEASE")
_EXAMPLES = 3
"""Names that an unknown lists before it only counts."""


class _Use(NamedTuple):
    """A package as one element of the pom asks for it."""

    package: Resolved
    scope: Scope
    line: int
    is_component: bool = True
    """False where an ancestor states the same, and is where the component stands."""

    @property
    def version(self) -> str | None:
        """The exact version, null if the text leaves it open."""
        text = self.package.version
        if pinned := _PINNED.fullmatch(text):
            return pinned[1]
        return None if "${" in text or self.is_floating else text or None

    @property
    def constraint(self) -> str | None:
        """The text where it says something else than the version."""
        text = self.package.version
        return text if text and text != self.version else None

    @property
    def is_floating(self) -> bool:
        """A version range, or a word for the newest version."""
        text = self.package.version
        return text in _FLOATING or (text.startswith(("[", "(")) and not _PINNED.fullmatch(text))


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the module, what it depends on and builds with, and what is open."""
    reactor = Reactor.of(file.tree)
    model = reactor.model(reactor.pom(file.path) or read_pom(file.path, file.content))
    published = is_published(file.path)
    uses = [*_dependencies(model, reactor)]
    if published:
        uses = [use for use in uses if use.scope is not Scope.EXCLUDED]
    else:
        uses += _build_tools(model)
    module = _record_module(model, findings, is_published=published)
    packages: dict[tuple[str, str, str | None], list[_Use]] = {}
    for use in uses:
        name = use.package.group, use.package.artifact
        identity = _identify(use, findings)
        if identity is None:
            continue
        siblings = reactor.versions(*name)
        is_sibling = bool(siblings) and (use.version is None or use.version in siblings)
        version = _sibling_version(use, siblings) if is_sibling else use.version
        if use.is_component and not is_sibling:
            packages.setdefault((*name, version), []).append(use)
        purl = with_version(identity, version)
        if purl != module:
            findings.edge(module, purl, constraint=use.constraint, scope=use.scope, line=use.line)
    for (group, artifact, version), same in packages.items():
        scope = strongest(use.scope for use in same)
        main = next(use for use in same if use.scope is scope)
        findings.component(
            PURL_TYPE,
            group,
            artifact,
            version,
            constraint=main.constraint,
            scope=scope,
            direct=not published,
            line=main.line,
        )
    _report_open(model, [use for same in packages.values() for use in same], findings)


def _dependencies(model: Model, reactor: Reactor) -> Iterator[_Use]:
    for written in model.dependencies():
        package = model.dependency(written)
        yield _Use(package, _scope(package), written.line)
    for ancestor, written in model.inherited():
        package = model.dependency(written)
        holder = model.holder(ancestor)
        differs = holder is model.pom or package != reactor.model(holder).dependency(written)
        assert model.pom.parent is not None
        yield _Use(package, _scope(package), model.pom.parent.line, differs)
    for profile in model.pom.sections:
        if not profile.is_default and profile.dependencies:
            built = model.with_profile(profile)
            for written in profile.dependencies:
                package = built.dependency(written)
                scope = _scope(package)
                yield _Use(package, Scope.OPTIONAL if scope is Scope.REQUIRED else scope, written.line)


def _scope(package: Resolved) -> Scope:
    scope = _SCOPES.get(package.scope, Scope.REQUIRED)
    return Scope.OPTIONAL if package.is_optional and scope is Scope.REQUIRED else scope


def _build_tools(model: Model) -> Iterator[_Use]:
    """What the build needs from outside, as far as its version is known."""
    for absent in (*_named_here(model), *_published_here(model)):
        package = Resolved(absent.group, absent.artifact, absent.version, "build", False)
        yield _Use(package, Scope.EXCLUDED, absent.line)
    for section in model.pom.sections:
        built = model if section.is_default or not section.plugins else model.with_profile(section)
        for written in section.plugins:
            use = _Use(built.build_tool(written), Scope.EXCLUDED, written.line)
            if use.version is not None:
                yield use


def _named_here(model: Model) -> list[Absent]:
    return [absent for absent in model.absent if absent.path == model.pom.path]


def _missing_here(model: Model) -> list[Absent]:
    """What is missing and named in this pom, or in a pom outside the repository that this one names."""
    published = _published_here(model)
    beyond = [absent for absent in model.absent if absent.path.startswith(OUTSIDE)] if published else []
    return [*_named_here(model), *(absent._replace(line=published[0].line) for absent in beyond)]


def _published_here(model: Model) -> list[Absent]:
    return [found for found in model.published if found.path == model.pom.path]


def _record_module(model: Model, findings: Findings, *, is_published: bool) -> str:
    """Declare the module, or record the published package; its purl, empty if it has no name."""
    line = model.pom.line
    use = _Use(Resolved(model.group, model.artifact, model.version, "", False), Scope.REQUIRED, line)
    identity = _identify(use, findings)
    if identity is None:
        return ""
    licences = next((pom.licences for pom in model.chain if pom.licences), [])
    licence = declared_licence(licences)
    supplier, makers = _supplier(model), _makers(model)
    if is_published:
        return findings.component(
            PURL_TYPE,
            model.group,
            model.artifact,
            use.version,
            licence=licence,
            line=line,
            supplier=supplier,
            authors=makers,
        )
    findings.declares(
        PURL_TYPE,
        model.group,
        model.artifact,
        use.version,
        licence=licence,
        description=model.pom.description,
        private=True if model.value("maven.deploy.skip") == "true" else None,
        line=line,
        supplier=supplier,
        authors=makers,
    )
    return with_version(identity, use.version)


def _supplier(model: Model) -> str | None:
    """The organization, which is inherited whole, as developers and licences are."""
    name = next((pom.organization for pom in model.chain if pom.organization), "")
    return organisation(_resolved(model, name))


def _makers(model: Model) -> tuple[str, ...]:
    developers = next((pom.developers for pom in model.chain if pom.developers), [])
    return authors(
        [{key: _resolved(model, found.get(key, "")) for key in ("name", "email")} for found in developers]
    )


def _resolved(model: Model, text: str) -> str | None:
    resolved = model.resolve(text)
    return None if "${" in resolved else resolved


def _identify(use: _Use, findings: Findings) -> Identity | None:
    group, artifact = use.package.group, use.package.artifact
    if missing := _PROPERTY.findall(f"{group}:{artifact}"):
        reason = f"{group}:{artifact} cannot be named: {missing[0]} is defined nowhere in the repository"
        findings.unknown(UnknownKind.UNRESOLVED, reason, use.line)
        return None
    if not group or not artifact:
        findings.unknown(UnknownKind.BROKEN, "a groupId or artifactId is missing", use.line)
        return None
    return findings.identify(PURL_TYPE, group, artifact, use.line)


def _sibling_version(use: _Use, siblings: set[str]) -> str | None:
    if use.version is not None or len(siblings) > 1:
        return use.version
    (version,) = siblings
    return None if "${" in version else version or None


def _report_open(model: Model, uses: list[_Use], findings: Findings) -> None:
    """Few unknowns for a file, however many versions are open."""
    for absent in _missing_here(model):
        reason = f"{absent} {absent.why}: what it manages is not known"
        findings.unknown(UnknownKind.UNRESOLVED, reason, absent.line)
    undefined: dict[str, list[_Use]] = {}
    unmanaged = []
    for use in uses:
        if use.is_floating:
            reason = f"{_names([use])}: {use.package.version} is no exact version"
            findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, use.line)
        elif use.version is None and use.package.version:
            undefined.setdefault(_PROPERTY.findall(use.package.version)[0], []).append(use)
        elif use.version is None:
            unmanaged.append(use)
    for name, open_uses in undefined.items():
        reason = f"{name} is defined nowhere in the repository: no version for {_names(open_uses)}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, open_uses[0].line)
    if unmanaged:
        groups = tuple({use.package.group for use in unmanaged})
        likely_first = sorted(model.absent, key=lambda absent: absent.group not in groups)
        outside = f"it may be managed by {_listed(likely_first)}" if likely_first else "nothing manages it"
        reason = f"{_names(unmanaged)}: no version in the repository; {outside}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, min(use.line for use in unmanaged))


def _names(uses: Iterable[_Use]) -> str:
    return _listed(f"{use.package.group}:{use.package.artifact}" for use in uses)


def _listed(things: Iterable[object]) -> str:
    texts = list(dict.fromkeys(map(str, things)))
    more = f" and {len(texts) - _EXAMPLES} more" if len(texts) > _EXAMPLES else ""
    return ", ".join(texts[:_EXAMPLES]) + more


FORMAT = Format(
    name="pom.xml",
    version="3",
    globs=("pom.xml", "*.pom"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="pom.xml, *.pom",
)
