"""Jenkinsfile: shared libraries and container images that a pipeline loads, read without running it.

`@Library('name@version')` and `library 'name@version'` name a library whose repository only the server knows,
so it is `pkg:generic/jenkins-library/<name>`; one with a `retriever` names its repository. What stands in
`agent { docker … }`, in `docker.image(…)` and in pod templates of the file are container images. All of it
serves the build: excluded. A dockerfile agent builds a Dockerfile of the repository, read on its own.
Syntax: https://www.jenkins.io/doc/book/pipeline/syntax/, …/shared-libraries/
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.image_reference import PURL_TYPE, record_image
from sbom.lockfiles.jvm.script_tree import Group, Statement, Token, read_script
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_repository

_LIBRARY = re.compile(r"(?P<name>[\w./-]+)(?:@(?P<version>[\w./-]+))?")
_NAMESPACE = "jenkins-library"
_MOVING = frozenset({"master", "main", "develop", "dev", "HEAD"})
_POD_IMAGE = re.compile(r"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


def parse(file: SourceFile, findings: Findings) -> None:
    """Write libraries and images; what is put together by code is unresolved."""
    script = read_script(decode_text(file.content), findings.limits.nesting_depth)
    findings.alike(UnknownKind.BROKEN, script.broken)
    for statement, around in _statements(script.statements):
        _record_libraries(statement, findings)
        _record_images(statement, around, findings)
    merge_components(findings)


def _statements(statements: list[Statement]) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    """All statements and arguments, with the names of the blocks around them, in the order of the file."""
    pending: list[tuple[Statement, tuple[str, ...]]] = [(each, ()) for each in reversed(statements)]
    while pending:
        statement, around = pending.pop()
        yield statement, around
        head = _name(statement[0])
        inner = [
            (part, (*around[-8:], head))
            for node in statement
            if isinstance(node, Group)
            for part in node.parts
        ]
        pending += reversed(inner)


def _record_libraries(statement: Statement, findings: Findings) -> None:
    for position, node in enumerate(statement):
        before = statement[position - 1] if position else None
        is_marked = isinstance(before, Token) and before.text == "@"
        is_assigned = isinstance(before, Token) and before.text == "="
        if _name(node) == "Library" and is_marked:
            texts = _texts(statement[position + 1 : position + 2], is_nested=True)
        elif _name(node) == "library" and (before is None or is_assigned):
            identifier = _named(statement[position:], "identifier")
            following = statement[position + 1 : position + 2]
            texts = [identifier] if identifier is not None else _texts(following, is_nested=True)
        else:
            continue
        for text in texts:
            _record_library(text, statement, findings)


def _record_library(text: Token, statement: Statement, findings: Findings) -> None:
    found = _LIBRARY.fullmatch(text.text)
    if found is None:
        reason = f"no library can be told from {text.text[:200]!r}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, text.line)
        return
    version = found["version"]
    remote = _named(statement, "remote")
    coordinates = split_repository(remote.text) if remote is not None else None
    is_moving = version is None or version in _MOVING
    type, namespace, name = coordinates or ("generic", _NAMESPACE, found["name"])
    purl = findings.component(
        type,
        namespace,
        name,
        None if is_moving else version,
        constraint=version if is_moving else None,
        scope=Scope.EXCLUDED,
        direct=True,
        source_url=git_url(remote.text, None if is_moving else version) if remote and coordinates else None,
        line=text.line,
    )
    findings.edge(None, purl, constraint=version, scope=Scope.EXCLUDED, line=text.line)
    if is_moving:
        reason = f"the library {found['name']} is loaded at {version or 'the version that the server sets'}"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, text.line)


def _record_images(statement: Statement, around: tuple[str, ...], findings: Findings) -> None:
    head = _name(statement[0])
    is_agent = "agent" in around or "docker" in around
    if (head == "image" and "docker" in around) or (head == "docker" and is_agent):
        texts = _texts(statement[1:2], is_nested=True)
    else:
        texts = _called(statement, findings)
    for text in texts:
        if text.is_template and "$" in text.text:
            reason = f"code decides the image {text.text[:200]}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, text.line)
        else:
            record_image(findings, text.text, Scope.EXCLUDED, text.line)
    for node in statement:
        if isinstance(node, Token) and node.kind == "text" and "\n" in node.text and "kind:" in node.text:
            for found in _POD_IMAGE.finditer(node.text):
                line = node.line + node.text.count("\n", 0, found.start(1))
                if "$" not in found[1]:
                    record_image(findings, found[1], Scope.EXCLUDED, line)


def _called(statement: Statement, findings: Findings) -> list[Token]:
    """Texts of `docker.image("…")` and `containerTemplate(image: "…")`, wherever the call stands."""
    texts: list[Token] = []
    for node, follower in pairwise(statement):
        name = _name(node)
        if name == "docker.image" and isinstance(follower, Group):
            written = _texts([follower], is_nested=True)[:1]
            texts += written
            if not written:
                reason = "code decides which image is used"
                findings.unknown(UnknownKind.UNRESOLVED, reason, follower.line)
        elif name == "containerTemplate" and isinstance(follower, Group):
            texts += [found for part in follower.parts if (found := _named(part, "image")) is not None]
    return texts


def _named(statement: Statement, name: str) -> Token | None:
    """The text of a named argument in the statement or its brackets."""
    pending: list[Statement] = [statement]
    while pending:
        part = pending.pop()
        for position, node in enumerate(part):
            if isinstance(node, Group):
                pending += node.parts
            elif _name(node) == name and position + 2 < len(part):
                value = part[position + 2]
                if isinstance(value, Token) and value.kind == "text":
                    return value
    return None


def _texts(nodes: Statement, *, is_nested: bool) -> list[Token]:
    """Texts that stand alone: as the argument, or as items of a list of arguments."""
    found: list[Token] = []
    for node in nodes:
        if isinstance(node, Token):
            found += [node] if node.kind == "text" else []
        elif is_nested and node.bracket in "([":
            for part in node.parts:
                if len(part) == 1:
                    found += _texts(part, is_nested=node.bracket == "(")
    return found


def _name(node: object) -> str:
    return node.text if isinstance(node, Token) and node.kind == "name" else ""


FORMAT = Format(
    name="jenkinsfile",
    version="1",
    globs=("Jenkinsfile", "Jenkinsfile.*", "*.jenkinsfile", "*.Jenkinsfile"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.EDGES, Knows.LICENCE, Knows.SUPPLIER},
    title="Jenkinsfile: shared libraries, docker agents",
)
