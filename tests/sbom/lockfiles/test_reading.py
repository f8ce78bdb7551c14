import pytest

from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles.reading import Malformed, decode_text, load_json, load_toml, load_xml

DEPTH = DEFAULT_LIMITS.nesting_depth


def nested_json(depth):
    return b"[" * depth + b"]" * depth


def nested_toml(depth):
    return b"a = " + b"[" * depth + b"]" * depth


def test_text_when_it_has_a_byte_order_mark_or_foreign_bytes_then_it_is_still_text():
    assert decode_text(b"\xef\xbb\xbfa\xff\xe4\xb8\xad") == "a\\xff中"


@pytest.mark.parametrize(("load", "nested"), [(load_json, nested_json), (load_toml, nested_toml)])
def test_value_when_it_nests_up_to_the_limit_then_it_is_read_and_one_level_more_is_not(load, nested):
    limits = Limits(nesting_depth=50)
    load(nested(49), limits)
    for depth in (51, 500, 2000, 1_000_000):
        with pytest.raises(LimitReached, match="nested deeper than 50 levels"):
            load(nested(depth), limits)


@pytest.mark.parametrize(
    ("load", "content", "line"),
    [
        (load_json, b'{\n"a": 1,\n"b"}', 3),
        (load_json, b"", 1),
        (load_json, b'"\xff"', 1),
        (load_toml, b"a = 1\nb = \n", 2),
        (load_toml, b'a = "open', None),
        (load_toml, b"a = " + b"1" * 5000, None),
        (load_toml, b"a = 1979-99-99", 1),
    ],
)
def test_value_when_it_is_malformed_then_the_line_is_told_where_the_decoder_knows_it(load, content, line):
    with pytest.raises(Malformed) as raised:
        load(content, DEFAULT_LIMITS)
    assert raised.value.line == line


@pytest.mark.parametrize(
    "content",
    [
        b"a" + b".a" * 500_000 + b" = 1",
        b"[" + b"a . " * 500_000 + b"a]",
        b"x = {" + b"'a'.\"b\"." * 200_000 + b"c = 1}",
    ],
)
def test_toml_when_a_key_has_very_many_parts_then_it_is_refused_at_once(content):
    with pytest.raises(LimitReached, match=f"a key of more than {DEPTH} parts"):
        load_toml(content, DEFAULT_LIMITS)


def test_toml_when_a_line_has_many_dots_in_values_then_it_is_read():
    line = ", ".join(f'"a=={number}.0.0"' for number in range(500))
    assert len(load_toml(f"a = [{line}]".encode(), DEFAULT_LIMITS)["a"]) == 500


def test_xml_when_it_has_comments_and_character_data_then_text_is_whole():
    root = load_xml("<a>1<!-- x -->2<?p?><![CDATA[<3>]]>四</a>".encode())
    assert root.text == "12<3>四"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", ["<!DOCTYPE a>", "<!DOCTYPE a SYSTEM 'file:///etc/hostname'>"])
def test_xml_when_it_declares_a_document_type_then_it_is_refused_in_any_encoding(declaration, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}<a/>'
    with pytest.raises(LimitReached, match="document type"):
        load_xml(text.encode(encoding))


def test_xml_when_entities_multiply_in_an_encoding_that_hides_them_then_a_limit_is_reached():
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(12))
    text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY a "x">{entities}]><a>&m;</a>'
    with pytest.raises(LimitReached):
        load_xml(text.encode("utf-16"))


@pytest.mark.parametrize(
    ("content", "line"), [(b"", 1), (b"<a>\n<b>\n</a>", 3), (b"<a>&undefined;</a>", 1), (b"<a>\x00</a>", 1)]
)
def test_xml_when_it_is_malformed_then_the_line_is_told(content, line):
    with pytest.raises(Malformed) as raised:
        load_xml(content)
    assert raised.value.line == line


def test_xml_when_it_nests_too_deeply_then_a_limit_is_reached():
    with pytest.raises(LimitReached, match="depth"):
        load_xml(b"<a>" * 300)
