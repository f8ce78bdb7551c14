"""Decode untrusted text formats within the limits: JSON, TOML, YAML, XML, and line numbers in them.

Every function raises `Malformed` (with a line where the decoder tells one) or `LimitReached`, nothing else.
"""

import re
import tomllib
from bisect import bisect_right
from typing import Any

import orjson
import yaml
from lxml import etree

from sbom.errors import LimitReached, ScanError
from sbom.limits import Limits

_YAML_ANCHOR = re.compile(r"(?:^|[\s\[{,:-])[&*][^\s,\]}]")
_XML_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Malformed(ScanError):
    """The file does not follow its format; `line` is where, if the decoder tells."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def decode_text(content: bytes) -> str:
    """UTF-8 text with or without byte order mark; bytes that are not UTF-8 are kept as `\\xNN`."""
    return content.decode("utf-8-sig", "backslashreplace")


def load_json(content: bytes, limits: Limits) -> Any:
    """Decode JSON. orjson itself refuses nesting beyond 1024 levels."""
    try:
        return _checked(orjson.loads(content.removeprefix(b"\xef\xbb\xbf")), limits)
    except orjson.JSONDecodeError as error:
        if "recursion" in str(error).lower():
            raise LimitReached(f"nested deeper than {limits.nesting_depth} levels") from None
        raise Malformed(f"not JSON: {error.msg}", error.lineno) from None


def load_toml(content: bytes, limits: Limits) -> dict[str, Any]:
    """Decode TOML."""
    try:
        return _checked(tomllib.loads(decode_text(content)), limits)  # type: ignore[no-any-return]
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise Malformed(f"not TOML: {error}", int(line[1]) if line else None) from None
    except RecursionError:
        raise LimitReached(f"nested deeper than {limits.nesting_depth} levels") from None


def load_yaml(content: bytes, limits: Limits) -> Any:
    """Decode one YAML document without tags or aliases: a few aliases can stand for terabytes."""
    text = decode_text(content)
    try:
        if _YAML_ANCHOR.search(text):
            _refuse_aliases(text)
        return _checked(yaml.load(text, Loader=yaml.CSafeLoader), limits)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Malformed(f"not YAML: {error.problem}", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise Malformed(f"not YAML: {error}") from None
    except (RecursionError, MemoryError):
        raise LimitReached(f"nested deeper than {limits.nesting_depth} levels") from None
    except ValueError as error:  # an impossible date or number in a plain scalar
        raise Malformed(f"not YAML: {error}") from None


def _refuse_aliases(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise LimitReached("uses YAML aliases, which are not expanded")


def load_xml(content: bytes) -> etree._Element:
    """Decode XML without document type, entities or network; elements carry `sourceline`.

    libxml2 itself refuses nesting beyond 256 levels.
    """
    if _XML_DECLARATIONS.search(content):
        raise LimitReached("declares a document type or entities, which are not expanded")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = str(error.msg)
        if "depth" in message.lower():
            raise LimitReached(f"nested deeper than the XML limit: {message}") from None
        raise Malformed(f"not XML: {message}", error.lineno or None) from None
    except ValueError as error:
        raise Malformed(f"not XML: {error}") from None


def _checked(value: Any, limits: Limits) -> Any:
    """Refuse nesting beyond the limit, so that parsers may recurse."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limits.nesting_depth):
        if not level:
            return value
        children = (child for node in level for child in (node.values() if isinstance(node, dict) else node))
        level = [child for child in children if isinstance(child, dict | list)]
    raise LimitReached(f"nested deeper than {limits.nesting_depth} levels")


class LineIndex:
    """Line numbers of offsets in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line_at(self, offset: int) -> int:
        """The line, from 1, that holds the character at `offset`."""
        return bisect_right(self._starts, offset)
