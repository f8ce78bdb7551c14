"""Gitee Go pipelines, .workflow/*.yml: the images and build tools that a pipeline runs.

Ready-made steps (`step: build@maven`) belong to the service and have no version of their own; what tells
something is the versions of the tools that they are given (`mavenVersion: 3.3.9`) and images. All of it
serves the build: excluded.
"""

from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import record_image
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.model import Scope, UnknownKind

_IMAGES = ("image", "baseImage")
_TOOLS = {
    "dotnetVersion": "dotnet",
    "goVersion": "go",
    "golangVersion": "go",
    "gradleVersion": "gradle",
    "jdkVersion": "jdk",
    "mavenVersion": "maven",
    "nodeVersion": "node",
    "phpVersion": "php",
    "pythonVersion": "python",
    "rubyVersion": "ruby",
    "rustVersion": "rust",
}


def parse(file: SourceFile, findings: Findings) -> None:
    """Write tools and images; what a variable decides is unresolved."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=3, share_aliases=True)
    report_broken(reading, findings)
    for document in map(as_map, reading.documents):
        for step in _steps(document):
            for holder in (step, as_map(step.get("inputs"))):
                _record_step(holder, findings)
    merge_components(findings)


def _steps(document: LocatedMap) -> Iterator[LocatedMap]:
    """Steps and jobs of stages; jobs may stand in lists of lists, and an alias for the same one."""
    seen: set[int] = set()
    pending = [*as_list(document.get("stages")), *as_list(document.get("jobs"))]
    while pending:
        item = pending.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, list):
            pending += item
        elif isinstance(item, LocatedMap):
            yield item
            pending += [*as_list(item.get("steps")), *as_list(item.get("jobs"))]


def _record_step(holder: LocatedMap, findings: Findings) -> None:
    for key in _IMAGES:
        image, line = as_text(holder.get(key)), holder.line(key)
        if image is not None and "$" in image:
            findings.unknown(UnknownKind.UNRESOLVED, f"variables decide the image {image[:200]}", line)
        elif image is not None:
            record_image(findings, image, Scope.EXCLUDED, line)
    for key, name in _TOOLS.items():
        version, line = as_text(holder.get(key)), holder.line(key)
        if version is not None and "$" in version:
            findings.unknown(UnknownKind.UNRESOLVED, f"variables decide the version of {name}", line)
        elif version is not None:
            purl = findings.component(
                "generic", None, name, version, scope=Scope.EXCLUDED, direct=True, line=line
            )
            findings.edge(None, purl, constraint=version, scope=Scope.EXCLUDED, line=line)


FORMAT = Format(
    name="gitee-go",
    version="1",
    globs=(".workflow/*.yml", ".workflow/*.yaml"),
    purl_type="generic",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.HASH, Knows.LINE}),
    title="Gitee Go: .workflow/*.yml",
)
