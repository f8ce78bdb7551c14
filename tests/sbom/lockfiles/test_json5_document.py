"""JSON5 with lines: the values are those of the decoder, the lines those of the text."""

import math
import time
from contextlib import suppress

import pyjson5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.json5_document import load_located_json5

SCALARS = (
    st.sampled_from(["true", "false", "null", "1", "-1", "+1", ".5", "5.", "0x1F", "1e3", "'a'", '"b"'])
    | st.sampled_from(["'\"'", '"\'"', r"'\x41\u4e2d\n\0'", r"'it\'s'", "'a\\\nb'", "'//no'", "'/*no*/'"])
    | st.text("abc中\"\\\n'", max_size=4).map(pyjson5.encode)
)
SPACES = st.sampled_from(
    ["", " ", "\n", "\t", "\u00a0", "// c\n", "/* c */", "/*\n*/", "\r\n", "\ufeff", "/***/"]
)
KEYS = st.sampled_from(["a", "$b", "_c", "中", "true", "'d'", '"e"', "null", "x1"])


def documents(children):
    items = st.lists(st.tuples(SPACES, children, SPACES).map("".join), max_size=3)
    members = st.lists(
        st.tuples(SPACES, KEYS, SPACES, st.just(":"), SPACES, children, SPACES).map("".join), max_size=3
    )
    trailing = st.sampled_from(["", ",", ", // end\n"])
    return st.one_of(
        st.tuples(items, trailing).map(lambda pair: f"[{','.join(pair[0])}{pair[1] if pair[0] else ''}]"),
        st.tuples(members, trailing).map(lambda pair: f"{{{','.join(pair[0])}{pair[1] if pair[0] else ''}}}"),
    )


def load(text):
    return load_located_json5(text.encode(), DEFAULT_LIMITS, entry_depth=1)


@given(st.recursive(SCALARS, documents, max_leaves=12))
def test_document_when_it_is_json5_then_the_values_are_those_of_the_decoder(text):
    reading = load(text)
    assert reading.error is None
    assert reading.documents == [pyjson5.decode(text)]


@given(st.text("{}[]:,'\"\\/* \n0xaN+-.", max_size=20))
def test_document_when_it_is_any_text_then_errors_are_readings(text):
    reading = load(text)
    assert reading.error is None or reading.error.line is None or reading.error.line >= 1


def test_keys_when_comments_and_strings_span_lines_then_lines_are_those_of_the_text():
    (document,) = load("{ /*\n*/ a: 'x\\\ny', // c\n'b': 1,\n\n c: [2,],\n}").documents
    assert document.lines == {"a": 2, "b": 4, "c": 6}
    assert document["a"] == "xy"


@pytest.mark.parametrize("text", ["{a: NaN}", "{a: Infinity}", "{a: -Infinity}"])
def test_number_when_json_has_no_form_of_it_then_it_is_null(text):
    assert not math.isfinite(pyjson5.decode(text)["a"])
    assert load(text).documents == [{"a": None}]


@pytest.mark.parametrize(
    "text", ["{a: 1,, b: 2}", "[,]", "{,}", "{a 1}", "{a: /* }", "{a: 'x}", "", "{a: 1} b"]
)
def test_document_when_it_is_no_json5_then_the_error_is_told(text):
    with pytest.raises(pyjson5.Json5Exception):
        pyjson5.decode(text)
    assert load(text).error is not None


def test_document_when_nested_too_deeply_then_a_limit_is_named():
    with pytest.raises(LimitReached):
        load("[" * 500 + "]" * 500)


@pytest.mark.parametrize("bomb", ["/*", "'\\", "a ", ":/", "a/*", "'", '"\\', "1 ", "[", ",", "\n"])
def test_document_when_it_is_a_bomb_then_it_ends_soon(bomb):
    started = time.process_time()
    with suppress(LimitReached):
        assert load(bomb * 50_000).error is not None
    assert time.process_time() - started < 5
