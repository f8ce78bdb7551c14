"""HAProxy: protocols, cipher suites and curves of `bind`, `server` and the global defaults."""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.configuration.writing import lines_of, setting
from sbom.crypto.assets.findings import AssetFile, AssetFindings

_OPTION = re.compile(
    r"(?<![\w-])(?P<name>(?:ssl-default-(?:bind|server)-)?(?:ciphersuites|ciphers|curves)|ssl-min-ver|ssl-max-ver)"
    r"[ \t]+(?P<value>\S+)"
)
_FORCED = re.compile(r"(?<![\w-])force-(?P<version>sslv3|tlsv1[0-3])(?![\w-])")


def parse(file: AssetFile, findings: AssetFindings) -> None:
    for line in lines_of(file.text):
        content = line.text.split("#")[0]
        for match in _OPTION.finditer(content):
            at = setting(line, match.start(), match["name"], "HAProxy")
            if match["name"].endswith(("ciphers", "ciphersuites")):
                writing.write_suites(findings, at, match["value"])
            elif match["name"].endswith("curves"):
                writing.write_curves(findings, at, match["value"])
            else:
                directives.protocols(findings, at, match["value"])
        for match in _FORCED.finditer(content):
            at = setting(line, match.start(), match[0], "HAProxy")
            directives.protocols(findings, at, match["version"])


FORMAT = AssetFormat(
    name="haproxy",
    version="1",
    parse=parse,
    globs=("haproxy*", "*.cfg", "*haproxy*.cfg*", "*haproxy*.j2"),
    marker=re.compile(rb"ssl-default-|ssl-min-ver|ssl[ \t]+crt[ \t]"),
    title="HAProxy",
)
