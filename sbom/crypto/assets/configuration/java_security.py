"""java.security and its kind: what is switched on; what `disabledAlgorithms` names is not used."""

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting


def _algorithm(findings: AssetFindings, at: Setting, value: str) -> None:
    writing.write_algorithm(findings, at, value.strip())


_TABLE: dict[str, directives.Writer] = {
    "jdk.tls.client.protocols": directives.protocols,
    "jdk.tls.server.protocols": directives.protocols,
    "https.protocols": directives.protocols,
    "jdk.tls.client.cipherSuites": writing.write_suites,
    "jdk.tls.server.cipherSuites": writing.write_suites,
    "https.cipherSuites": writing.write_suites,
    "jdk.tls.namedGroups": writing.write_curves,
    "keystore.pkcs12.certPbeAlgorithm": _algorithm,
    "keystore.pkcs12.certProtectionAlgorithm": _algorithm,
    "keystore.pkcs12.keyPbeAlgorithm": _algorithm,
    "keystore.pkcs12.keyProtectionAlgorithm": _algorithm,
    "keystore.pkcs12.macAlgorithm": _algorithm,
    "com.tencent.kona.ssl.client.protocols": directives.protocols,
    "com.tencent.kona.ssl.server.protocols": directives.protocols,
    "com.tencent.kona.ssl.client.cipherSuites": writing.write_suites,
    "com.tencent.kona.ssl.server.cipherSuites": writing.write_suites,
    "com.tencent.kona.ssl.namedGroups": writing.write_curves,
}


def parse(file: AssetFile, findings: AssetFindings) -> None:
    directives.write_directives(file.text, _TABLE, "JDK", findings)


FORMAT = AssetFormat(
    name="java-security",
    version="1",
    parse=parse,
    globs=("java.security", "*.java.security", "*java*.security", "jvm.options", "*.security"),
    title="java.security",
)
