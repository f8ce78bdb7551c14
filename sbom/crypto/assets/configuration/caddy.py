"""Caddy: protocols, cipher suites, curves and key types of `tls` blocks."""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting


def _key_type(findings: AssetFindings, at: Setting, value: str) -> None:
    match = re.fullmatch(r"(rsa|p|ed)(\d+)", value.strip().lower())
    if match is None:
        return
    kind, size = match[1], int(match[2])
    if kind == "rsa":
        findings.occurrence(at, algorithm="RSA", family="RSA", key_size=size, function="keygen")
    elif kind == "p":
        findings.occurrence(
            at, algorithm="ECDSA", family="ECDSA", key_size=size, curve=f"nist/P-{size}", function="keygen"
        )
    else:
        findings.occurrence(at, algorithm="Ed25519", family="EdDSA", key_size=256, function="keygen")


_TABLE: dict[str, directives.Writer] = {
    "protocols": directives.protocols,
    "ciphers": writing.write_suites,
    "curves": writing.write_curves,
    "key_type": _key_type,
}


def parse(file: AssetFile, findings: AssetFindings) -> None:
    directives.write_directives(file.text, _TABLE, "Caddy", findings)


FORMAT = AssetFormat(
    name="caddy",
    version="1",
    parse=parse,
    globs=("caddyfile", "caddyfile.*", "*.caddyfile", "*.caddy"),
    title="Caddy",
)
