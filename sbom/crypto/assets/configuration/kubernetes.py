"""Kubernetes: TLS secrets and kubeconfigs, whose values are PEM in Base64; flags; keys of cert-manager.

Annotations of ingresses and other settings are read by their names, as in any YAML file.
"""

import base64
import binascii
import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.certificates import pem
from sbom.crypto.assets.configuration import directives, writing
from sbom.crypto.assets.configuration.writing import lines_of, setting
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting

_PEM_VALUE = re.compile(
    r"^[ \t-]*[\"']?(?P<key>[\w.\-]+)[\"']?:[ \t]*[\"']?(?P<value>LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2})"
)
_FLAG = re.compile(r"--tls-(?P<name>min-version|cipher-suites)[= \t]+[\"']?(?P<value>[\w,:\-]+)")
_KEY = re.compile(r"^[ \t]*privateKey:[ \t]*$")
_KEY_FIELD = re.compile(r"^[ \t]+(?P<name>algorithm|size):[ \t]*(?P<value>\w+)")


def parse(file: AssetFile, findings: AssetFindings) -> None:
    inside: dict[str, str] | None = None
    at: Setting | None = None
    for line in lines_of(file.text):
        if match := _PEM_VALUE.match(line.text):
            _write_pem(file, line.number, match["value"], findings)
        for match in _FLAG.finditer(line.text):
            at = setting(line, match.start(), f"--tls-{match['name']}", "Kubernetes")
            if match["name"] == "min-version":
                directives.protocols(findings, at, match["value"])
            else:
                writing.write_suites(findings, at, match["value"])
        if _KEY.match(line.text):
            inside = {}
        elif inside is not None and (match := _KEY_FIELD.match(line.text)):
            inside[match["name"]] = match["value"]
            if match["name"] == "algorithm":
                at = setting(line, match.start("name"), "privateKey", "cert-manager")
            if len(inside) == 2 and at is not None and inside["size"].isdigit():
                writing.write_algorithm(findings, at, inside["algorithm"], "keygen", int(inside["size"][:6]))
                inside = None
        elif inside is not None and not line.text.startswith((" ", "\t")):
            inside = None


def _write_pem(file: AssetFile, line: int, value: str, findings: AssetFindings) -> None:
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return
    written = findings.certificates, findings.keys, findings.unknowns, findings.occurrences
    before = tuple(len(rows) for rows in written)
    pem.parse(AssetFile(file.path, content, file.limits), findings)
    findings.place_at(line, *before)


FORMAT = AssetFormat(
    name="kubernetes-tls",
    version="1",
    parse=parse,
    globs=("*.yml", "*.yaml", "*.kubeconfig", "kubeconfig*", "*/.kube/config", "*.tpl"),
    marker=re.compile(rb"LS0tLS1CRUdJTi|--tls-(?:min-version|cipher-suites)|privateKey:"),
    title="Kubernetes TLS",
)
