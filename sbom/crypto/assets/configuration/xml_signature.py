"""XML Signature and XML Encryption: the algorithm URIs of SAML metadata and of settings (RFC 9231)."""

import re
from functools import cache
from importlib.resources import files

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.configuration.writing import lines_of, setting, write_algorithm
from sbom.crypto.assets.findings import AssetFile, AssetFindings

_URI = re.compile(r"http://www\.w3\.org/(?:20\d\d/\d\d|200\d)/(?:xmldsig|xmlenc)(?:-more|11)?#[\w-]+")


@cache
def _uris() -> dict[str, tuple[str, str]]:
    text = files(__package__).joinpath("xml_signature_uris.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {uri: (algorithm, function) for uri, algorithm, function in rows}


def parse(file: AssetFile, findings: AssetFindings) -> None:
    for line in lines_of(file.text):
        for match in _URI.finditer(line.text):
            known = _uris().get(match[0])
            if known is not None:
                write_algorithm(findings, setting(line, match.start(), match[0], "XML Signature"), *known)


FORMAT = AssetFormat(
    name="xml-signature",
    version="1",
    parse=parse,
    globs=("*.xml", "*.properties", "*.yml", "*.yaml", "*.conf", "*.config", "*.saml", "*metadata*.json"),
    marker=re.compile(rb"www\.w3\.org/20\d\d/(?:\d\d/)?xml(?:dsig|enc)"),
    title="XML Signature and SAML",
)
