"""GitLab CI: the images, services, included files and components that a pipeline runs.

All of it serves the build and is excluded. An included file of another project is that project at a revision;
a component is its project at the version behind `@` (https://docs.gitlab.com/ci/components/). Variables have
the values that the file gives them globally, in the job, or in every row of a matrix; what the server defines
is unresolved. Syntax: https://docs.gitlab.com/ci/yaml/
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sbom.errors import LimitReached
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import PURL_TYPE, record_image
from sbom.lockfiles.deployment.variables import expand_variables
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.model import Scope, UnknownKind
from sbom.purl import split_gitlab_project

_NO_JOBS = frozenset({"stages", "variables", "include", "workflow", "cache", "spec", "default"})
_COMPONENT = re.compile(
    r"(?P<host>[A-Za-z0-9.-]+(?::\d+)?)/(?P<project>[^@\s]+)/(?P<component>[^/@\s]+)@(?P<version>\S+)"
)
_SERVER = re.compile(r"\$(?:CI_SERVER_FQDN|CI_SERVER_HOST|\{CI_SERVER_FQDN\}|\{CI_SERVER_HOST\})(?=/)")
_DEFAULT_HOST = "gitlab.com"
_MOST_ROWS = 200  # what GitLab itself allows
_MOST_USES = 20_000
_DEEPEST_VARIABLE = 5

Values = dict[str, str]


class _Use(NamedTuple):
    """An image as written, the variables where it stands, and its line."""

    reference: str
    values: Values
    line: int | None


def parse(file: SourceFile, findings: Findings) -> None:
    """Write images, services, includes and components."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2, share_aliases=True)
    report_broken(reading, findings)
    for document in map(as_map, reading.documents):
        seen: set[int] = set()
        count = 0
        common = _values(document.get("variables"))
        holders = [document, as_map(document.get("default"))]
        holders += [
            as_map(job) for name, job in document.items() if name not in _NO_JOBS and name != "default"
        ]
        for holder in holders:
            if id(holder) not in seen:
                seen.add(id(holder))
                own = _values(holder.get("variables"))
                for use in _uses(holder, common | own, seen if not own else set()):
                    count += 1
                    if count > _MOST_USES:
                        raise LimitReached(f"more than {_MOST_USES} images of jobs")
                    _record(use, findings)
        _record_includes(document, findings)
    merge_components(findings)


def _values(value: object) -> Values:
    """Variables that are written as a text, or as a mapping with `value`."""
    found: Values = {}
    for name, entry in as_map(value).items():
        text = entry if isinstance(entry, str) else as_map(entry).get("value")
        if isinstance(text, str):
            found[name] = text
    return found


def _uses(holder: LocatedMap, values: Values, seen: set[int]) -> Iterator[_Use]:
    """Images of a job; a list of services that `seen` holds was read under the same variables."""
    rows = list(_matrix(holder)) or [{}]
    for key in ("image", "services"):
        value = holder.get(key)
        if isinstance(value, list) and len(rows) == 1:
            if id(value) in seen:
                continue
            seen.add(id(value))
        items = as_list(value) if isinstance(value, list) else [value]
        for item in items:
            entry = as_map(item)
            reference = as_text(item) or as_text(entry.get("name"))
            line = entry.line("name") or holder.line(key)
            for reference_values in rows if reference and "$" in reference else rows[:1]:
                if reference:
                    yield _Use(reference, values | reference_values, line)


def _matrix(holder: LocatedMap) -> Iterator[Values]:
    """Rows of `parallel: matrix`; of a list of values, each that a row may have."""
    count = 0
    for entry in map(as_map, as_list(as_map(holder.get("parallel")).get("matrix"))):
        lists = {name: [value] if isinstance(value, str) else as_list(value) for name, value in entry.items()}
        longest = max(map(len, lists.values()), default=0)
        for position in range(longest):
            if count == _MOST_ROWS:
                return
            count += 1
            row = {name: values[min(position, len(values) - 1)] for name, values in lists.items() if values}
            yield {name: value for name, value in row.items() if isinstance(value, str)}


def _record(use: _Use, findings: Findings) -> None:
    reference = use.reference
    for _ in range(_DEEPEST_VARIABLE):  # a variable may hold another
        if reference is None or "$" not in reference:
            break
        reference = _expand_once(reference, use.values)
    if reference is None or "$" in reference:
        reason = f"no value of the file gives the image {use.reference[:200]}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, use.line)
    elif reference:
        record_image(findings, reference, Scope.EXCLUDED, use.line)


def _expand_once(reference: str, values: Values) -> str:
    return expand_variables(reference, values) or re.sub(
        r"\$\{?(\w+)\}?", lambda found: values.get(found[1], found[0])[:500], reference
    )


def _record_includes(document: LocatedMap, findings: Findings) -> None:
    value = document.get("include")
    line = document.line("include")
    items = as_list(value) if isinstance(value, list) else [value]
    for item in items:
        entry = as_map(item)
        if component := as_text(entry.get("component")):
            _record_component(component, entry.line("component") or line, findings)
        elif project := as_text(entry.get("project")):
            revision = as_text(entry.get("ref"))
            _record_project(_DEFAULT_HOST, project, revision, entry.line("project") or line, findings)
        remote = as_text(entry.get("remote")) or (item if isinstance(item, str) and "://" in item else None)
        if remote:
            reason = f"includes {remote}, which has no version"
            findings.unknown(UnknownKind.UNRESOLVED, reason, entry.line("remote") or line)


def _record_component(text: str, line: int | None, findings: Findings) -> None:
    found = _COMPONENT.fullmatch(_SERVER.sub(_DEFAULT_HOST, text))
    if found is None or "$" in text.partition("@")[2] or "$" in found["project"]:
        reason = f"no component can be told from {text[:200]!r}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, line)
        return
    _record_project(found["host"], found["project"], found["version"], line, findings)


def _record_project(
    host: str, project: str, revision: str | None, line: int | None, findings: Findings
) -> None:
    if "$" in project or (revision is not None and "$" in revision):
        reason = f"variables decide which {project[:200]} is included"
        findings.unknown(UnknownKind.UNRESOLVED, reason, line)
        return
    is_moving = revision is None or revision.startswith("~") or revision in ("main", "master", "HEAD")
    purl = findings.component(
        *split_gitlab_project(host, project),
        None if is_moving else revision,
        constraint=revision if is_moving else None,
        scope=Scope.EXCLUDED,
        direct=True,
        source_url=f"git+https://{host}/{project.strip('/')}.git",
        line=line,
    )
    findings.edge(None, purl, constraint=revision, scope=Scope.EXCLUDED, line=line)
    if is_moving:
        reason = f"{project[:200]} is included at {revision or 'its default branch'}"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, line)


FORMAT = Format(
    name="gitlab-ci",
    version="2",
    globs=(
        ".gitlab-ci.yml",
        ".gitlab-ci.yaml",
        "*.gitlab-ci.yml",
        ".gitlab/ci/*.yml",
        "*/.gitlab/ci/*.yml",
        ".gitlab-ci/*.yml",
        "*/.gitlab-ci/*.yml",
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.EDGES, Knows.LICENCE, Knows.SUPPLIER},
    title="GitLab CI: images, services, includes, components",
)
