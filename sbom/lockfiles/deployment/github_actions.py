"""GitHub workflows and actions: the actions, reusable workflows and images that a build runs.

All of it serves the build and is excluded. An action is the repository that holds it: what is fetched is the
whole repository, whatever folder of it is named. Syntax:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import record_image
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.model import Scope, UnknownKind
from sbom.purl import ACTION_TYPE, split_action

_USES = re.compile(r"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)(?:/[^@\s]*)?@(\S+)")
_IMAGE = "docker://"
_OWN = ("./", "../", "/")
_EXPRESSION = "${{"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the actions and images; what an expression decides is unresolved."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=3, share_aliases=True)
    report_broken(reading, findings)
    for document in map(as_map, reading.documents[:1]):
        runs = as_map(document.get("runs"))
        seen: set[int] = set()
        _record_steps(runs, seen, findings)
        image = as_text(runs.get("image"))
        if image is not None and image.startswith(_IMAGE):
            _record_image(image.removeprefix(_IMAGE), runs.line("image"), findings)
        for job in map(as_map, as_map(document.get("jobs")).values()):
            _record_uses(job, findings)
            _record_steps(job, seen, findings)
            for reference, line in _job_images(job, seen):
                _record_image(reference, line, findings)
    merge_components(findings)


def _record_steps(holder: LocatedMap, seen: set[int], findings: Findings) -> None:
    """Write a list of steps the first time it is met: an alias stands for the same one."""
    steps = as_list(holder.get("steps"))
    if id(steps) not in seen:
        seen.add(id(steps))
        for step in steps:
            _record_uses(as_map(step), findings)


def _record_uses(holder: LocatedMap, findings: Findings) -> None:
    uses, line = as_text(holder.get("uses")), holder.line("uses")
    if uses is None or uses.startswith(_OWN):
        return
    if uses.startswith(_IMAGE):
        _record_image(uses.removeprefix(_IMAGE), line, findings)
        return
    found = _USES.fullmatch(uses)
    if found is None or _EXPRESSION in uses:
        findings.unknown(UnknownKind.UNRESOLVED, f"no action can be told from {uses[:200]!r}", line)
        return
    purl = findings.component(*split_action(found[1]), found[2], scope=Scope.EXCLUDED, direct=True, line=line)
    findings.edge(None, purl, scope=Scope.EXCLUDED, line=line)


def _job_images(job: LocatedMap, seen: set[int]) -> Iterator[tuple[str, int | None]]:
    """`container: image` or `container: {image: …}`, and the same for each service."""
    services = as_map(job.get("services"))
    if id(services) in seen:
        services = LocatedMap()
    seen.add(id(services))
    for holder, key in ((job, "container"), *((services, name) for name in services)):
        value = holder.get(key)
        inner = as_map(value)
        if reference := as_text(value):
            yield reference, holder.line(key)
        elif reference := as_text(inner.get("image")):
            yield reference, inner.line("image")


def _record_image(reference: str, line: int | None, findings: Findings) -> None:
    record_image(findings, reference, Scope.EXCLUDED, line)


FORMAT = Format(
    name="github-actions",
    version="1",
    globs=(".github/workflows/*.yml", ".github/workflows/*.yaml", "action.yml", "action.yaml"),
    purl_type=ACTION_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.HASH, Knows.LINE}),
    title="GitHub Actions: workflows, action.yml",
)
