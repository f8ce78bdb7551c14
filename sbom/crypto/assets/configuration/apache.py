"""Apache httpd (mod_ssl): protocols, cipher suites, curves."""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting

_ALL = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def _protocols(findings: AssetFindings, at: Setting, value: str) -> None:
    """`all` stands for every version that the others do not take away."""
    names = writing.words(value)
    excluded = {name[1:].lower().replace("tlsv1.0", "tlsv1") for name in names if name.startswith("-")}
    if any(name.lower().lstrip("+") == "all" for name in names):
        kept = [name for name in _ALL if name.lower().replace("tlsv1.0", "tlsv1") not in excluded]
        names = [*(name for name in names if name.lower().lstrip("+") != "all"), *kept]
    writing.write_protocols(findings, at, names)


def _suites(findings: AssetFindings, at: Setting, value: str) -> None:
    first, _, rest = value.partition(" ")
    named = first.upper() in ("SSL", "TLSV1.3")
    writing.write_suites(findings, at, rest if named else value)


_TABLE: dict[str, directives.Writer] = {
    "SSLProtocol": _protocols,
    "SSLProxyProtocol": _protocols,
    "SSLCipherSuite": _suites,
    "SSLProxyCipherSuite": _suites,
    "SSLOpenSSLConfCmd": directives.openssl_command,
}


def parse(file: AssetFile, findings: AssetFindings) -> None:
    directives.write_directives(file.text, _TABLE, "Apache httpd", findings)


FORMAT = AssetFormat(
    name="apache",
    version="2",
    parse=parse,
    globs=("*.conf", "*.conf.*", "*httpd*", "*apache*", ".htaccess", "*.vhost", "*.j2", "*.erb", "*.tmpl"),
    marker=re.compile(rb"SSL(?:Proxy)?(?:Protocol|CipherSuite)\s|SSLOpenSSLConfCmd\s"),
    title="Apache httpd",
)
