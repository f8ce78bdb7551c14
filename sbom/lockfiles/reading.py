"""Decode untrusted text formats within the limits: JSON, TOML and XML.

Every function raises `Malformed` (with a line where the decoder tells one) or `LimitReached`, nothing else.
"""

import re
from typing import Any

import orjson
import tomli
from lxml import etree

from sbom.errors import LimitReached, ScanError
from sbom.limits import Limits

_DOTTED_KEY = re.compile(r"""(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)++""")
_DOCTYPE_REFUSED = "declares a document type or entities, which are not expanded"
_XML_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Malformed(ScanError):
    """The file does not follow its format; `line` is where, if the decoder tells."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def decode_text(content: bytes) -> str:
    """UTF-8 text with or without byte order mark; bytes that are not UTF-8 are kept as `\\xNN`.

    Lines end with a line feed: what Windows writes reads as what others do.
    """
    return content.replace(b"\r\n", b"\n").decode("utf-8-sig", "backslashreplace")


def load_json(content: bytes, limits: Limits) -> Any:
    """Decode JSON. orjson itself refuses nesting beyond 1024 levels."""
    try:
        return _checked(orjson.loads(content.removeprefix(b"\xef\xbb\xbf")), limits)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg or "recursion" in error.msg.lower():
            raise LimitReached(f"nested deeper than {limits.nesting_depth} levels") from None
        raise Malformed(f"not JSON: {error.msg}", error.lineno) from None


def load_toml(content: bytes, limits: Limits) -> dict[str, Any]:
    """Decode TOML."""
    text = decode_text(content)
    _refuse_long_dotted_keys(text, limits)
    try:
        return _checked(tomli.loads(text), limits)  # type: ignore[no-any-return]
    except ValueError as error:  # TOMLDecodeError, or a number of more than 4300 digits
        line = re.search(r"line (\d+)", str(error))
        raise Malformed(f"not TOML: {error}", int(line[1]) if line else None) from None
    except RecursionError:
        raise LimitReached(f"nested deeper than {limits.nesting_depth} levels") from None


def _refuse_long_dotted_keys(text: str, limits: Limits) -> None:
    """The decoder takes quadratic time and memory for a key of many parts."""
    for line in text.split("\n"):
        if line.count(".") > limits.nesting_depth:
            for key in _DOTTED_KEY.finditer(line):
                if key[0].count(".") > limits.nesting_depth:
                    raise LimitReached(f"a key of more than {limits.nesting_depth} parts")


def load_xml(content: bytes) -> etree._Element:
    """Decode XML without document type, entities or network; elements carry `sourceline`.

    libxml2 itself refuses nesting beyond 256 levels.
    """
    if _XML_DECLARATIONS.search(content):
        raise LimitReached(_DOCTYPE_REFUSED)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = str(error.msg)
        if "depth" in message or "amplification" in message:
            raise LimitReached(f"over a limit of the XML decoder: {message}") from None
        raise Malformed(f"not XML: {message}", error.lineno or None) from None
    except ValueError as error:
        raise Malformed(f"not XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:  # written in UTF-16, say
        raise LimitReached(_DOCTYPE_REFUSED)
    return root


def _checked(value: Any, limits: Limits) -> Any:
    """Refuse nesting beyond the limit, so that parsers may recurse."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limits.nesting_depth + 1):
        if not level:
            return value
        children = (child for node in level for child in (node.values() if isinstance(node, dict) else node))
        level = [child for child in children if isinstance(child, dict | list)]
    raise LimitReached(f"nested deeper than {limits.nesting_depth} levels")
