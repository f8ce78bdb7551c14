"""OpenHarmony's build-profile.json5 of an application: the SDKs that its products are built with.

Packages stand in oh-package.json5; what this file adds is the system that the code is written for: the SDK of
`compileSdkVersion`, or the lowest one that `compatibleSdkVersion` names. It serves the build: excluded. The
profile of a module has no products and gives nothing.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.json5_document import load_located_json5
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text
from sbom.lockfiles.merging import merge_components
from sbom.model import Scope, UnknownKind
from sbom.purl import OHPM_TYPE

_SYSTEMS = ("openharmony", "harmonyos")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the SDK of each product."""
    reading = load_located_json5(file.content, findings.limits, entry_depth=3)
    root, _ = read_root(reading, findings, "a build-profile.json5")
    app = as_map(root.get("app"))
    for holder in (app, *map(as_map, as_list(app.get("products")))):
        _record(holder, findings)
    merge_components(findings)


def _record(holder: LocatedMap, findings: Findings) -> None:
    compiled = _version(holder.get("compileSdkVersion"))
    compatible = _version(holder.get("compatibleSdkVersion"))
    if compiled is None and compatible is None:
        return
    system = (as_text(holder.get("runtimeOS")) or _SYSTEMS[0]).lower()
    namespace = system if system in _SYSTEMS else _SYSTEMS[0]
    key = "compileSdkVersion" if compiled else "compatibleSdkVersion"
    constraint = f">={compatible}" if compatible else None
    purl = findings.component(
        OHPM_TYPE,
        namespace,
        "sdk",
        compiled,
        constraint=constraint,
        scope=Scope.EXCLUDED,
        direct=True,
        line=holder.line(key),
    )
    findings.edge(None, purl, constraint=constraint, scope=Scope.EXCLUDED, line=holder.line(key))
    if compiled is None:
        reason = f"only the lowest SDK is named: {compatible}"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, holder.line(key))


def _version(value: object) -> str | None:
    """`10`, `"4.0.0(10)"`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value)


FORMAT = Format(
    name="oh-build-profile",
    version="1",
    globs=("build-profile.json5",),
    purl_type=OHPM_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="OpenHarmony build-profile.json5",
)
