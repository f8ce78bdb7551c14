"""Read bills of materials that were made elsewhere: CycloneDX (JSON, XML) and SPDX 2.2 and 2.3 (JSON).

They give the same rows as a scan, so that a BOM file can stand for a repository that nobody handed over. What
a BOM says is taken as said, not checked: the rows name the BOM as their source.
"""

from pathlib import Path
from typing import Any

from sbom.bom_xml import read_xml
from sbom.errors import LimitReached, ScanError, SourceError
from sbom.imports.cyclonedx import import_cyclonedx
from sbom.imports.spdx import import_spdx
from sbom.imports.subject import PARSER, PARSER_VERSION, Subject
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles.reading import Malformed, load_json, load_xml
from sbom.model import ScanResult

_NO_BOM = "neither CycloneDX nor SPDX: has no bomFormat and no spdxVersion"
IMPORTER_FINGERPRINT = f"{PARSER}/{PARSER_VERSION}"
"""Changes whenever the reading of BOMs changes."""


def read_bom_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The content of a BOM file.

    Raises:
        ScanError: it cannot be read, or is over the limit.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > limits.file_bytes:
        raise LimitReached(f"{path}: over the limit of {limits.file_bytes} bytes")
    return content


def scan_bom(path: Path, limits: Limits = DEFAULT_LIMITS) -> ScanResult:
    """The rows of one BOM file.

    Raises:
        ScanError: the file cannot be read, is over a limit, or is no CycloneDX or SPDX document.
    """
    content = read_bom_file(path, limits)
    try:
        return read_bom(content, path.name, limits)
    except Malformed as error:
        place = f"{path}:{error.line}" if error.line else str(path)
        raise Malformed(f"{place}: {error}", error.line) from None
    except ScanError as error:
        raise type(error)(f"{path}: {error}") from None


def read_bom(content: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> ScanResult:
    """The rows of a BOM; `name` is what its rows give as their path.

    Raises:
        ScanError: it is SPDX of another version than 2.
        Malformed: it is neither a CycloneDX nor an SPDX document.
        LimitReached: it is nested too deeply, or XML with a document type.
    """
    subject = Subject(name, limits)
    document = decode_bom(content, limits)
    if document.get("bomFormat") == "CycloneDX":
        import_cyclonedx(document, subject)
    else:
        import_spdx(document, subject)
    return subject.result()


def decode_bom(content: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """A CycloneDX or SPDX document as a JSON object; raises as `read_bom` does."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        try:
            return read_xml(load_xml(content))
        except ValueError as error:
            raise Malformed(str(error)) from None
    document = load_json(content, limits)
    if not isinstance(document, dict):
        raise Malformed("not a JSON object")
    if document.get("bomFormat") != "CycloneDX" and not isinstance(document.get("spdxVersion"), str):
        raise Malformed(_NO_BOM)
    return document
