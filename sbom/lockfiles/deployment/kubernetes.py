"""Kubernetes manifests: the images of containers in pods and in whatever makes pods.

Any YAML file may be one, so files without `apiVersion`, `kind` and an image are passed over before they are
decoded. What a manifest deploys may be the product or a test of it: the scope is left open.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import PURL_TYPE, record_image
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.model import UnknownKind

_TOP_LEVEL = tuple(
    re.compile(rb"^(?:\xef\xbb\xbf)?%s:" % key, re.MULTILINE) for key in (b"apiVersion", b"kind")
)
_IMAGE = re.compile(rb"(?:^|[\s{,\"'])image[\"']?:[ \t]*[^\s#]")
_POD_PATHS = (("spec",), ("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"))
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_TEMPLATE = b"{{"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the images; templates that are no YAML before they are filled in are told once a folder."""
    content = file.content
    if not _IMAGE.search(content) or not all(pattern.search(content) for pattern in _TOP_LEVEL):
        return
    reading = load_located_yaml(content, findings.limits, entry_depth=1, share_aliases=True)
    if reading.error is not None and _TEMPLATE in content:
        folder = file.tree.memo.setdefault((__name__, posixpath.dirname(file.path)), file.path)
        if folder == file.path:
            reason = "templates of this folder are not filled in, so their images are not known"
            findings.unknown(UnknownKind.UNSUPPORTED, reason, reading.error.line)
        return
    report_broken(reading, findings)
    seen: set[int] = set()
    for document in map(as_map, reading.documents):
        for resource in (document, *map(as_map, _once(document.get("items"), seen))):
            if as_text(resource.get("apiVersion")) and as_text(resource.get("kind")):
                for container in _containers(resource, seen):
                    image = as_text(container.get("image"))
                    if image is not None:
                        record_image(findings, image, None, container.line("image"))
    merge_components(findings)


def _once(value: object, seen: set[int]) -> list[Any]:
    """A list the first time it is met: an alias stands for the same one."""
    found = as_list(value)
    if id(found) in seen:
        return []
    seen.add(id(found))
    return found


def _containers(resource: LocatedMap, seen: set[int]) -> Iterator[LocatedMap]:
    for path in _POD_PATHS:
        pod: Any = resource
        for key in path:
            pod = as_map(pod).get(key)
        for section in _CONTAINERS:
            yield from map(as_map, _once(as_map(pod).get(section), seen))


FORMAT = Format(
    name="kubernetes",
    version="3",
    globs=("*.yaml", "*.yml"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.HASH, Knows.LINE}),
    title="Kubernetes manifests",
)
