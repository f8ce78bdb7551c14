""".terraform.lock.hcl: the providers that Terraform or OpenTofu selected, with constraints and checksums.

The file has one block for each provider and no other syntax than strings and a list of strings; it lists what
the configuration and its modules need without telling them apart. `zh:` are SHA-256 of the archives, `h1:`
are of their contents in Go's scheme, which is no hash of the component. A version has an archive for each
platform, so there is no source URL.
https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import TERRAFORM_TYPE, split_path

_PROVIDER = re.compile(r'provider\s+"([^"]+)"\s*\{')
_VALUE = re.compile(r'(version|constraints)\s*=\s*"([^"]*)"')
_HASHES = re.compile(r"hashes\s*=\s*\[\s*")
_HASH = re.compile(r'"(?:zh:([0-9a-f]{64})|[^"]*)",?')


class _Provider:
    def __init__(self, source: str, line: int) -> None:
        self.source = source
        self.line = line
        self.values: dict[str, str] = {}
        self.hashes: list[str] = []


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each provider; lines that are none of the file's syntax are unknowns."""
    provider: _Provider | None = None
    in_hashes = False
    broken: list[tuple[int, str]] = []
    for number, raw in enumerate(decode_text(file.content).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith(("#", "//")):
            continue
        header, value, digest = _PROVIDER.fullmatch(line), _VALUE.fullmatch(line), _HASH.fullmatch(line)
        if header is not None:
            if provider is not None:
                broken.append((number, f"the block of {provider.source} does not end"))
                _record(provider, findings)
            provider, in_hashes = _Provider(header[1], number), False
        elif provider is not None and in_hashes and digest is not None:
            provider.hashes += [f"sha256:{digest[1]}"] if digest[1] else []
        elif provider is not None and in_hashes and line in ("]", "],"):
            in_hashes = False
        elif provider is not None and not in_hashes and _HASHES.fullmatch(line):
            in_hashes = True
        elif provider is not None and not in_hashes and value is not None:
            provider.values[value[1]] = value[2]
        elif provider is not None and line == "}":
            _record(provider, findings)
            provider = None
        else:
            broken.append((number, f"no part of a lock file: {line[:80]!r}"))
    if provider is not None:
        broken.append((provider.line, f"the block of {provider.source} does not end"))
        _record(provider, findings)
    findings.alike(UnknownKind.BROKEN, broken)
    merge_components(findings)


def _record(provider: _Provider, findings: Findings) -> None:
    version = provider.values.get("version")
    constraint = provider.values.get("constraints")
    findings.component(
        TERRAFORM_TYPE,
        *split_path(provider.source),
        version,
        constraint=constraint,
        hashes=digests(provider.hashes),
        line=provider.line,
    )
    if version is None:
        findings.unknown(UnknownKind.UNRESOLVED, f"no version of {provider.source} is locked", provider.line)


FORMAT = Format(
    name="terraform-lock",
    version="1",
    globs=(".terraform.lock.hcl",),
    purl_type=TERRAFORM_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.HASH, Knows.LINE}),
    title="Terraform .terraform.lock.hcl",
)
