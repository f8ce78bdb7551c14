"""nginx, Tengine and OpenResty: protocols, cipher suites and curves, in files and in what embeds them.

A directive ends with a semicolon and may span lines. `enable_ntls` is Tongsuo's switch for TLCP.
"""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting

_DIRECTIVE = re.compile(
    r"(?<![\w#.$/-])(?P<name>(?:(?:proxy|grpc|uwsgi)_)?ssl_(?:protocols|ciphers|ecdh_curve|conf_command)"
    r"|(?:proxy_)?enable_ntls|ssl_verify|proxy_ssl_verify)\s+(?P<value>[^;{}]{1,8000});"
)


def parse(file: AssetFile, findings: AssetFindings) -> None:
    text = file.text
    position, number, start = 0, 1, 0
    for match in _DIRECTIVE.finditer(text):
        newlines = text.count("\n", position, match.start())
        if newlines:
            number += newlines
            start = text.rfind("\n", 0, match.start()) + 1
        position = match.start()
        if "#" in text[start : match.start()]:
            continue
        at = Setting(match.start(), number, match.start() - start + 1, match["name"], "nginx")
        _write(findings, at, match["name"], re.sub(r"\\?\n\s*", " ", match["value"]).strip())


def _write(findings: AssetFindings, at: Setting, name: str, value: str) -> None:
    if name.endswith("ssl_protocols"):
        directives.protocols(findings, at, value)
    elif name.endswith("ssl_ciphers"):
        writing.write_suites(findings, at, value)
    elif name.endswith("ssl_ecdh_curve"):
        writing.write_curves(findings, at, value)
    elif name.endswith("enable_ntls") and value == "on":
        writing.write_protocols(findings, at, ["TLCP"])
    elif name.endswith("conf_command"):
        directives.openssl_command(findings, at, value)


FORMAT = AssetFormat(
    name="nginx",
    version="1",
    parse=parse,
    globs=(
        *("*.conf", "*.conf.*", "*nginx*", "*.vhost", "*.tpl", "*.tmpl", "*.template", "*.j2", "*.erb"),
        *("*.yaml", "*.yml", "*/sites-available/*", "*/sites-enabled/*"),
    ),
    marker=re.compile(rb"ssl_(?:protocols|ciphers|ecdh_curve|conf_command)\s|enable_ntls\s"),
    title="nginx",
)
