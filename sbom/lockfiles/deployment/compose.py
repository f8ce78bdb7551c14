"""Compose files: the images of services. What a service builds itself is no image of somebody else.

Whether a service belongs to the product or only to its development is not told, so the scope is left open.
Variables have the defaults that are written in place, or the values of the file `.env` beside, as Compose
reads it: https://docs.docker.com/reference/compose-file/
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import PURL_TYPE, record_image
from sbom.lockfiles.deployment.variables import expand_variables
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind

_SETTING = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|[^\s#]*)")
_MOST_MERGED = 8  # mappings that `<<` merges into a service, one by one or one into another


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the images; one with a variable that has no value is unresolved."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2, share_aliases=True)
    report_broken(reading, findings)
    values = _environment(file) if b"$" in file.content else {}
    for document in reading.documents:
        for service in as_map(as_map(document).get("services")).values():
            _record_service(as_map(service), values, findings)
    merge_components(findings)


def _environment(file: SourceFile) -> dict[str, str]:
    text = decode_text(file.read_sibling(".env") or b"")
    found = (_SETTING.match(line) for line in text.split("\n"))
    return {setting[1]: setting[2].strip("\"'") for setting in found if setting}


def _record_service(service: LocatedMap, values: dict[str, str], findings: Findings) -> None:
    holder = _holder(service, "image")
    if holder is None or _holder(service, "build") is not None:
        return
    reference, line = as_text(holder.get("image")), holder.line("image")
    expanded = expand_variables(reference, values) if reference and "$" in reference else reference
    if expanded:
        record_image(findings, expanded, None, line)
    elif reference:
        findings.unknown(UnknownKind.UNRESOLVED, f"no default gives the image {reference[:200]}", line)


def _holder(service: LocatedMap, key: str) -> LocatedMap | None:
    """The mapping that holds a key: the service, or one that is merged into it by `<<`."""
    waiting = [service]
    for _ in range(_MOST_MERGED):
        candidate = waiting.pop(0)
        if key in candidate:
            return candidate
        merged = candidate.get("<<")
        waiting += [as_map(item) for item in (as_list(merged) or [merged])[:_MOST_MERGED]]
    return None


FORMAT = Format(
    name="compose",
    version="1",
    globs=(
        "compose.yaml",
        "compose.yml",
        "compose.*.yaml",
        "compose.*.yml",
        "docker-compose.yaml",
        "docker-compose.yml",
        "docker-compose.*.yaml",
        "docker-compose.*.yml",
        "docker-compose-*.yaml",
        "docker-compose-*.yml",
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.HASH, Knows.LINE}),
    title="Compose files",
)
