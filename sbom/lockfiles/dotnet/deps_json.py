"""*.deps.json: the packages that a built .NET program is deployed with, and their edges.

What the file lists is what was put beside the program, so all of it is required; packages that were only
compiled against (`compile` and nothing else) are left open. What the program itself names is direct.
The runtime that a self-contained program carries is listed as `runtimepack`. `sha512` is the digest of the
package without its signature, so no hashes are recorded (see `nuget_lock`).
Format: https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.dotnet.nuget_targets import read_targets
from sbom.lockfiles.located import as_map, load_located_json
from sbom.lockfiles.package_graph import PackageGraph
from sbom.model import Scope
from sbom.purl import split_path

_SHIPPED = frozenset({"runtime", "native", "resources", "runtimeTargets"})


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages of the program."""
    root, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=3), findings, "a deps.json"
    )
    if "targets" not in root and "libraries" not in root:
        return
    graph = PackageGraph(split_name=split_path)
    read_targets(graph, root, is_whole=is_whole)
    shipped = {
        key
        for target in as_map(root.get("targets")).values()
        for key, item in as_map(target).items()
        if _SHIPPED & as_map(item).keys() or not as_map(item).get("compile")
    }
    for key, package in graph.packages.items():
        package.scope = Scope.REQUIRED if key in shipped else None
    graph.write(findings, direct_known=is_whole)


FORMAT = Format(
    name="dotnet-deps",
    version="1",
    globs=("*.deps.json",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title=".NET *.deps.json",
)
