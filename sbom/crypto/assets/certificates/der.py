"""Files in DER: a certificate, a key, a request, PKCS#7."""

import re

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.certificates.der_objects import write_whatever
from sbom.crypto.assets.findings import AssetFile, AssetFindings


def parse(file: AssetFile, findings: AssetFindings) -> None:
    write_whatever(file.content, "der", None, findings)


FORMAT = AssetFormat(
    name="der",
    version="2",
    parse=parse,
    globs=("*.der", "*.crt", "*.cer", "*.key", "*.p7b", "*.p7c", "*.p8", "*.pk8", "*.csr"),
    marker=re.compile(rb"\A\x30[\x20-\x84]"),
    title="DER",
)
