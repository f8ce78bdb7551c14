"""OpenSSL configuration: digests and key sizes of requests, protocols and suites of the system default."""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting


def _digest(findings: AssetFindings, at: Setting, value: str) -> None:
    if value.strip().lower() not in ("default", "null"):
        writing.write_algorithm(findings, at, value.strip(), "sign")


def _bits(findings: AssetFindings, at: Setting, value: str) -> None:
    if value.strip().isdigit() and len(value.strip()) < 6:
        findings.occurrence(
            at, algorithm="RSA", family="RSA", key_size=int(value), primitive="signature", function="keygen"
        )


_TABLE: dict[str, directives.Writer] = {
    **directives.OPENSSL_COMMANDS,
    "default_md": _digest,
    "digest": _digest,
    "default_bits": _bits,
    "tls_version": directives.protocols,
    "ssl_cipher": writing.write_suites,
    "ssl-cipher": writing.write_suites,
}


def parse(file: AssetFile, findings: AssetFindings) -> None:
    directives.write_directives(file.text, _TABLE, "OpenSSL", findings)


FORMAT = AssetFormat(
    name="openssl-cnf",
    version="1",
    parse=parse,
    globs=("*.cnf", "openssl*.conf", "openssl*.ini", "*req*.conf", "*ca*.conf", "*cert*.conf", "*.cnf.*"),
    marker=re.compile(
        rb"(?im)^\s*(?:default_md|default_bits|MinProtocol|CipherString|Ciphersuites|tls_version|ssl.cipher|Groups)\s*="
    ),
    title="OpenSSL configuration",
)
