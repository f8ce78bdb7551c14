"""CycloneDX between its JSON objects and XML, in both directions, by the table of `sbom.bom_xml_shapes`.

cyclonedx-python-lib serialises XML in quadratic time, as it does JSON. Text that XML 1.0 cannot hold (control
characters) is written as `\\xNN`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from sbom.bom_xml_shapes import SHAPES

_NAMESPACE = "http://cyclonedx.org/schema/bom/"
_FIELD = re.compile(
    r"(?P<place>[@=]?)(?P<key>[\w-]+)(?P<kind>[#?!]?)(?P<list>[*/]?)(?P<item>[\w-]*)(?::(?P<shape>@?[\w-]+))?"
)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LICENCES = "!"


class _Field(NamedTuple):
    """One key of a JSON object, and where it stands in XML."""

    place: str
    """`@` attribute, `=` text of the element, empty for an element."""
    key: str
    kind: str
    """`#` whole number, `?` boolean, `!` licences, empty for text."""
    list: str
    """`*` repeated elements, `/` wrapped in one, empty for a single value."""
    item: str
    """Name of the elements of a list, or of the element."""
    shape: str
    """Of an object; `@name` for texts that are written as that attribute; empty for text."""


@cache
def _fields(shape: str) -> tuple[_Field, ...]:
    fields = []
    for word in SHAPES[shape].split():
        place, key, kind, listed, item, inner = _FIELD.fullmatch(word).groups("")  # type: ignore[union-attr]
        fields.append(_Field(place, key, kind, listed, item or key, inner))
    return tuple(fields)


def write_xml(document: dict[str, Any]) -> bytes:
    """A CycloneDX JSON object as indented XML; what the table of shapes leaves out is not written."""
    namespace = _NAMESPACE + document["specVersion"]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines += _object_lines("bom", "bom", document, "", f' xmlns="{namespace}"')
    return ("\n".join(lines) + "\n").encode("utf-8")


def _object_lines(name: str, shape: str, value: Any, indent: str, attributes: str = "") -> Iterator[str]:
    if shape.startswith("@"):
        yield f"{indent}<{name}{attributes} {shape[1:]}={quoteattr(_legal(value))}/>"
        return
    text = None
    children: list[str] = []
    for field in _fields(shape):
        content = value.get(field.key)
        if content is None:
            continue
        if field.place == "@":
            attributes += f" {field.key}={quoteattr(_legal(content))}"
        elif field.place == "=":
            text = escape(_legal(content))
        else:
            children += _field_lines(field, content, indent + "  ")
    if children:
        yield f"{indent}<{name}{attributes}>"
        yield from children
        yield f"{indent}</{name}>"
    elif text is not None:
        yield f"{indent}<{name}{attributes}>{text}</{name}>"
    else:
        yield f"{indent}<{name}{attributes}/>"


def _field_lines(field: _Field, content: Any, indent: str) -> Iterator[str]:
    if field.kind == _LICENCES:
        if content:
            yield f"{indent}<{field.key}>"
            for entry in content:
                name, value = ("license", entry["license"]) if "license" in entry else ("expression", entry)
                yield from _object_lines(name, name, value, indent + "  ")
            yield f"{indent}</{field.key}>"
    elif field.list == "/":
        if content:
            yield f"{indent}<{field.key}>"
            for item in content:
                yield from _value_lines(field, item, indent + "  ")
            yield f"{indent}</{field.key}>"
    elif field.list == "*":
        for item in content:
            yield from _value_lines(field, item, indent)
    else:
        yield from _value_lines(field, content, indent)


def _value_lines(field: _Field, value: Any, indent: str) -> Iterator[str]:
    if field.shape:
        yield from _object_lines(field.item, field.shape, value, indent)
    else:
        yield f"{indent}<{field.item}>{escape(_legal(value))}</{field.item}>"


def _legal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub(lambda found: ascii(found[0])[1:-1], text)
    return text


def read_xml(root: etree._Element) -> dict[str, Any]:
    """A CycloneDX XML document as a JSON object; what the table of shapes leaves out is not read.

    Raises:
        ValueError: the root element is not CycloneDX's `bom`, or a number is none.
    """
    namespace, _, name = str(root.tag).rpartition("}")
    if name != "bom" or not namespace.startswith("{" + _NAMESPACE):
        raise ValueError(f"the root element {root.tag!r} is not a CycloneDX BOM")
    head = {"bomFormat": "CycloneDX", "specVersion": namespace.removeprefix("{" + _NAMESPACE)}
    return head | _read_object("bom", root)


def _read_object(shape: str, element: etree._Element) -> dict[str, Any]:
    children: dict[str, list[etree._Element]] = {}
    for child in element:
        children.setdefault(str(child.tag).rpartition("}")[2], []).append(child)
    value: dict[str, Any] = {}
    for field in _fields(shape):
        if field.place:
            text = element.get(field.key) if field.place == "@" else element.text or ""
            if text is not None:
                value[field.key] = _typed(field, text)
            continue
        found = children.get(field.item if field.list == "*" else field.key, [])
        if found:
            value[field.key] = _read_field(field, found)
    return value


def _read_field(field: _Field, found: list[etree._Element]) -> Any:
    if field.kind == _LICENCES:
        return [choice for element in found for choice in _read_licences(element)]
    if field.list == "*":
        return [_read_value(field, element) for element in found]
    if field.list == "/":
        return [_read_value(field, item) for item in _named(found, field.item)]
    return _read_value(field, found[0])


def _named(wrappers: Iterable[etree._Element], name: str) -> Iterator[etree._Element]:
    for wrapper in wrappers:
        for item in wrapper:
            if str(item.tag).rpartition("}")[2] == name:
                yield item


def _read_licences(wrapper: etree._Element) -> Iterator[dict[str, Any]]:
    for item in wrapper:
        name = str(item.tag).rpartition("}")[2]
        if name == "license":
            yield {"license": _read_object(name, item)}
        elif name == "expression":
            yield _read_object(name, item)


def _read_value(field: _Field, element: etree._Element) -> Any:
    if field.shape.startswith("@"):
        return element.get(field.shape[1:], "")
    if field.shape:
        return _read_object(field.shape, element)
    return _typed(field, (element.text or "").strip())


def _typed(field: _Field, text: str) -> Any:
    if field.kind == "#":
        return int(text)
    return text == "true" if field.kind == "?" else text
