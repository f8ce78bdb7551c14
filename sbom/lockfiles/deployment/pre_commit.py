""".pre-commit-config.yaml: repositories of hooks at their revisions, and what is installed beside them.

Hooks serve development. Which ecosystem an additional dependency is of only the hook's repository tells,
unless the configuration names the language or the requirement is written as only one of them does
(`name==1.0` in Python, `name@1.0` in npm). https://pre-commit.com/#plugins
"""

import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.javascript.npm_package import requested_origin, split_reference
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.python.python_requirement import parse_requirement
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm, split_repository

_OWN = frozenset({"local", "meta"})
_LANGUAGES = {"python": "pypi", "node": "npm"}
_NPM_VERSION = re.compile(r"v?\d+\.\d+\.\d+[\w.+-]*")
_NPM_REFERENCE = re.compile(r"(?:@[\w.-]+/)?[\w.-]+@[\^~\d*x][\w.^~*|<>=+ -]*|@[\w.-]+/[\w.-]+")
_PYTHON_REFERENCE = re.compile(r"[\w.-]+\s*(?:\[|[=<>!~]=|[<>]|@\s*(?:git\+|https?:)|;)")


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the repositories and the additional dependencies of their hooks."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2)
    report_broken(reading, findings)
    document = reading.documents[0] if reading.documents else None
    repositories = as_list(document) or as_list(as_map(document).get("repos"))
    unclear: list[int] = []
    for item in repositories:
        repository = as_map(item)
        _record_repository(repository, findings)
        for hook in map(as_map, as_list(repository.get("hooks"))):
            for text, line in _additional(hook):
                if not _record_additional(text, as_text(hook.get("language")), line, findings):
                    unclear.append(line)
    if unclear:
        reason = f"{len(unclear)} additional dependencies, of whose ecosystem only their hooks tell"
        findings.unknown(UnknownKind.UNRESOLVED, reason, min(unclear))
    merge_components(findings)


def _record_repository(repository: LocatedMap, findings: Findings) -> None:
    url, revision = as_text(repository.get("repo")), as_text(repository.get("rev") or repository.get("sha"))
    if url is None or url in _OWN:
        return
    line = repository.line("repo")
    coordinates = split_repository(url)
    if coordinates is None:
        findings.unknown(UnknownKind.UNRESOLVED, "hooks come from a folder outside of the repository", line)
        return
    purl = findings.component(
        *coordinates,
        revision,
        scope=Scope.EXCLUDED,
        direct=True,
        source_url=git_url(url, revision),
        line=line,
    )
    findings.edge(None, purl, scope=Scope.EXCLUDED, line=line)
    if revision is None:
        findings.unknown(UnknownKind.NO_EXACT_VERSION, f"no revision of {coordinates[2]} is named", line)


def _additional(hook: LocatedMap) -> Iterator[tuple[str, int]]:
    for item, line in as_list(hook.get("additional_dependencies")).located():
        if isinstance(item, str) and item.strip() and not item.strip().startswith((".", "/", "file:")):
            yield item.strip(), line


def _record_additional(text: str, language: str | None, line: int, findings: Findings) -> bool:
    """Write one dependency of a hook's environment; false if its ecosystem is not known."""
    purl_type = _LANGUAGES.get(language) if language else _ecosystem(text)
    if purl_type == "npm":
        name, constraint = split_reference(text)
        purl = findings.component(
            "npm",
            *split_npm(name),
            constraint if _NPM_VERSION.fullmatch(constraint) else None,
            constraint=constraint or None,
            scope=Scope.EXCLUDED,
            direct=True,
            source_url=requested_origin(constraint) if constraint else None,
            line=line,
        )
    elif purl_type == "pypi":
        try:
            wanted = parse_requirement(text)
        except ValueError as error:
            findings.unknown(UnknownKind.BROKEN, str(error)[:200], line)
            return True
        constraint = wanted.constraint or ""
        purl = findings.component(
            "pypi",
            None,
            wanted.name,
            wanted.version,
            constraint=wanted.constraint,
            scope=Scope.EXCLUDED,
            direct=True,
            source_url=wanted.source_url,
            line=line,
        )
    else:
        return False
    findings.edge(None, purl, constraint=constraint or None, scope=Scope.EXCLUDED, line=line)
    return True


def _ecosystem(text: str) -> str | None:
    if len(text) <= 500:
        if _NPM_REFERENCE.fullmatch(text):
            return "npm"
        if _PYTHON_REFERENCE.match(text):
            return "pypi"
    return None


FORMAT = Format(
    name="pre-commit",
    version="1",
    globs=(".pre-commit-config.yaml", ".pre-commit-config.yml"),
    purl_type="github",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="pre-commit configuration",
)
