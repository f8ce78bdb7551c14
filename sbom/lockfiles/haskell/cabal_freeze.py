"""cabal.project.freeze: the version of every package of the build plan, with those of the compiler.

The file tells neither edges nor what asks for a package.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.haskell.cabal_package import PURL_TYPE, cabal_fields
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind

_PIN = re.compile(r"(?:any\.|setup\.)?(?P<name>[A-Za-z0-9][A-Za-z0-9-]*)\s*==\s*(?P<version>[0-9][0-9.]*)")
_FLAGS = re.compile(r"(?:any\.)?[A-Za-z0-9][A-Za-z0-9-]*(?:\s+(?:[+-][\w-]+|installed|test|bench|source))+")
_LONGEST = 2000


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each pinned package; choices of flags are no packages."""
    prefix = f"{file.folder}/" if file.folder else ""
    for path in file.tree.paths:
        if path.endswith(".cabal") and path.startswith(prefix):
            findings.covers(path)
    broken: list[tuple[int, str]] = []
    for field in cabal_fields(decode_text(file.content)):
        if field.name != "constraints":
            continue
        for text, line in field.entries():
            pin = _PIN.fullmatch(text) if len(text) <= _LONGEST else None
            if pin is not None:
                findings.component(PURL_TYPE, None, pin["name"], pin["version"], line=line)
            elif len(text) > _LONGEST or not _FLAGS.fullmatch(text):
                broken.append((line, f"neither a version nor flags: {text[:80]!r}"))
    merge_components(findings)
    findings.alike(UnknownKind.BROKEN, broken)


FORMAT = Format(
    name="cabal-freeze",
    version="1",
    globs=("cabal.project.freeze",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE}),
    title="Haskell cabal.project.freeze",
)
