"""Dockerfile and Containerfile: the images that stages begin from or copy from.

The last stage is what a build gives by default: what it begins from, through stages, is required, and so are
images that it copies files from. Stages that are only copied from serve the build: their images are excluded,
as are images mounted while building and the frontend that reads the file. Stages that nothing uses may be
built on their own: the scope of their images is left open.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.deployment.dockerfile_instructions import Instruction, read_instructions
from sbom.lockfiles.deployment.image_reference import PURL_TYPE, record_image
from sbom.lockfiles.deployment.variables import expand_variables
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reachability import reached_scopes
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import Scope, UnknownKind

_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_ARGUMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:=(\"[^\"]*\"|'[^']*'|[^\s]*))?")
_COPY_FROM = re.compile(r"--from=[\"']?([^\s\"']+)")
_MOUNT_FROM = re.compile(r"--mount=\S{0,500}?\bfrom=([^\s,]+)")
_SYNTAX = re.compile(r"#\s*syntax\s*=\s*(\S+)\s*", re.IGNORECASE)
_SCRATCH = "scratch"
_EXACT_NAMES = frozenset({"dockerfile", "containerfile"})


@dataclass(slots=True)
class _Stage:
    base: str
    line: int
    others: list[tuple[str, int, Scope]] = field(default_factory=list)
    """What it copies from or mounts: reference, line, and the scope if that is an image and no stage."""


_Node = int | tuple[str, int]
"""A stage by its number, or an image by reference and line."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the images; a variable that no default gives a value leaves its image unresolved."""
    text = decode_text(file.content)
    if file.name.endswith(".dockerignore") or not re.search(
        r"^\s*FROM\s", text, re.IGNORECASE | re.MULTILINE
    ):
        if file.name.lower() in _EXACT_NAMES:
            raise Malformed("not a Dockerfile: no FROM")
        return
    syntax = _SYNTAX.fullmatch(text.split("\n", 1)[0].strip())
    if syntax is not None:
        record_image(findings, syntax[1], Scope.EXCLUDED, 1)
    build = _Build()
    for instruction in read_instructions(text):
        build.add(instruction, findings)
    for (reference, line), scope in build.images():
        record_image(findings, reference, scope, line)
    merge_components(findings)


class _Build:
    """The stages of one file; stages are used by name in any letter case, or by number."""

    def __init__(self) -> None:
        self._stages: list[_Stage] = []
        self._names: dict[str, list[int]] = {}
        self._defaults: dict[str, str] = {}

    def add(self, instruction: Instruction, findings: Findings) -> None:
        name, arguments, line = instruction
        if name == "ONBUILD":
            name, _, arguments = arguments.partition(" ")
            name = name.upper()
        if name == "ARG" and not self._stages:
            self._add_defaults(arguments)
        elif name == "FROM":
            self._add_stage(arguments, line, findings)
        elif name == "COPY" and self._stages:
            self._add_others(_COPY_FROM.findall(arguments)[:1], line, Scope.REQUIRED)
        elif name == "RUN" and self._stages:
            self._add_others(_MOUNT_FROM.findall(arguments), line, Scope.EXCLUDED)

    def _add_defaults(self, arguments: str) -> None:
        for name, value in _ARGUMENT.findall(arguments):
            expanded = expand_variables(value.strip("\"'"), self._defaults)
            if value and expanded is not None:
                self._defaults[name] = expanded

    def _add_stage(self, arguments: str, line: int, findings: Findings) -> None:
        found = _FROM.fullmatch(arguments.strip())
        reference = expand_variables(found[1].strip("\"'"), self._defaults) if found else None
        if not reference:
            reason = f"no default gives the image of FROM {arguments[:200]}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, line)
        self._stages.append(_Stage(reference or _SCRATCH, line))
        if found and found[2]:
            self._names.setdefault(found[2].lower(), []).append(len(self._stages) - 1)

    def _add_others(self, sources: list[str], line: int, scope: Scope) -> None:
        self._stages[-1].others += [(source, line, scope) for source in sources]

    def _find(self, reference: str, before: int) -> int | None:
        """The stage that a reference names, among those before a stage."""
        if reference.isdecimal() and reference.isascii() and len(reference) < 6:
            return int(reference) if int(reference) < before else None
        named = self._names.get(reference.lower(), [])
        position = bisect_left(named, before)
        return named[position - 1] if position else None

    def _next(self, node: _Node) -> Iterator[tuple[_Node, Scope]]:
        if isinstance(node, int):
            stage = self._stages[node]
            used = [(stage.base, stage.line, Scope.REQUIRED), *stage.others]
            for position, (reference, line, scope) in enumerate(used):
                found = self._find(reference, node)
                if found is not None:
                    yield found, scope if position == 0 else Scope.EXCLUDED
                elif reference != _SCRATCH:
                    yield (reference, line), scope

    def images(self) -> list[tuple[tuple[str, int], Scope | None]]:
        """Images with their lines, in the strongest scope in which each place uses them."""
        last = len(self._stages) - 1
        used = {node for number in range(last + 1) for node, _ in self._next(number)}
        roots: list[tuple[_Node, Scope | None]] = [
            (number, None) for number in range(last) if number not in used
        ]
        reached = reached_scopes([(last, Scope.REQUIRED), *roots] if self._stages else [], self._next)
        images = [(node, scope) for node, scope in reached.items() if not isinstance(node, int)]
        return sorted(images, key=lambda image: (image[0][1], image[0][0]))


FORMAT = Format(
    name="dockerfile",
    version="1",
    globs=(
        "Dockerfile",
        "dockerfile",
        "Containerfile",
        "Dockerfile.*",
        "Dockerfile-*",
        "Containerfile.*",
        "*.Dockerfile",
        "*.dockerfile",
        "*.Containerfile",
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.HASH, Knows.LINE}),
    title="Dockerfile, Containerfile",
)
