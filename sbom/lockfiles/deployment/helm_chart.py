"""Helm's Chart.yaml and Chart.lock (of old, requirements.yaml and requirements.lock): what a chart needs.

A chart that a condition or tags switch is optional. Charts in a folder of the repository are the project's
own. The purl specification has no type for charts yet; `helm` with the chart repository as qualifier is what
the field uses. Format: https://helm.sh/docs/topics/charts/
"""

import re
from dataclasses import dataclass, replace

from sbom.errors import LimitReached
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import without_credentials
from sbom.makers import authors
from sbom.model import Scope, UnknownKind
from sbom.purl import HELM_TYPE

_LOCKS = {"Chart.lock": "Chart.yaml", "requirements.lock": "requirements.yaml"}
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?")


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    version: str | None
    repository: str | None
    scope: Scope
    line: int | None


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the charts; a lock file covers the manifest beside it."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2, share_aliases=True)
    document = reading.root
    wanted = [item for item in map(_wanted, as_list(document.get("dependencies"))) if item is not None]
    if file.name in _LOCKS:
        if not wanted and "generated" not in document and "digest" not in document:
            return  # another tool's requirements.lock
        findings.covers(file.resolve(_LOCKS[file.name]))
        locked = {item.name: item for item in wanted}
        asked = _asked(file)
        if not locked:  # lines of the manifest are none of the lock's
            asked = {name: replace(item, line=None) for name, item in asked.items()}
        _record(asked, locked, findings)
    else:
        _declare(document, findings)
        _record({item.name: item for item in wanted}, {}, findings)
    report_broken(reading, findings)


def _asked(file: SourceFile) -> dict[str, _Wanted]:
    """What the manifest beside a lock file asks for, by name; its own scan tells what is wrong with it."""
    content = file.read_sibling(_LOCKS[file.name]) or b""
    try:
        reading = load_located_yaml(content, file.tree.limits, entry_depth=2, share_aliases=True)
    except LimitReached:
        return {}
    found = map(_wanted, as_list(reading.root.get("dependencies")))
    return {item.name: item for item in found if item is not None}


def _wanted(value: object) -> _Wanted | None:
    entry = as_map(value)
    name = as_text(entry.get("name"))
    if name is None:
        return None
    is_switched = "condition" in entry or "tags" in entry
    return _Wanted(
        name,
        as_text(entry.get("version")),
        as_text(entry.get("repository")),
        Scope.OPTIONAL if is_switched else Scope.REQUIRED,
        entry.line("name"),
    )


def _declare(document: LocatedMap, findings: Findings) -> None:
    name = as_text(document.get("name"))
    if name is not None:
        findings.declares(
            HELM_TYPE,
            None,
            name,
            as_text(document.get("version")),
            description=as_text(document.get("description")),
            keywords=[word for item in as_list(document.get("keywords")) if (word := as_text(item))],
            line=document.line("name"),
            authors=authors(document.get("maintainers")),
        )


def _record(asked: dict[str, _Wanted], locked: dict[str, _Wanted], findings: Findings) -> None:
    """Write what is locked, with what the manifest says of it, or, without a lock, what is asked for."""
    open_versions = 0
    for item in (locked or asked).values():
        if not item.repository or item.repository.startswith("file:"):
            continue
        request = asked.get(item.name)
        is_exact = bool(locked) or bool(_EXACT.fullmatch(item.version or ""))
        open_versions += not is_exact
        constraint = request.version if request else None
        scope = request.scope if request else None
        repository = without_credentials(item.repository)
        is_url = "://" in repository
        purl = findings.component(
            HELM_TYPE,
            None,
            item.name,
            item.version if is_exact else None,
            constraint=constraint,
            scope=scope,
            direct=True,
            source_url=repository if is_url else None,
            qualifiers={"repository_url": repository} if is_url else None,
            line=item.line,
        )
        findings.edge(None, purl, constraint=constraint, scope=scope, line=item.line)
    if open_versions:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"no exact version for {open_versions} charts, and no lock file pins them",
        )


FORMAT = Format(
    name="helm-chart",
    version="3",
    globs=("Chart.yaml", *_LOCKS),
    purl_type=HELM_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Helm Chart.yaml, Chart.lock",
)
