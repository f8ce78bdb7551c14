"""Any bytes, any terms: the Elixir and Erlang formats end with rows and unknowns, never with an exception."""

import time

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parsing import assert_survives, parse_content

from sbom.model import UnknownKind

REAL = {
    "mix.lock": FIXTURES / "mix_lock" / "phoenix" / "mix.lock",
    "rebar.lock": FIXTURES / "rebar_lock" / "app" / "rebar.lock",
}
LEAVES = st.sampled_from(
    [
        *(":hex", ":git", ":path", "git", "pkg", "ref", "pkg_hash_ext", ":a", '"a"', '"a/b"', '"/"', '""'),
        *('<<"a">>', '<<"b">>', '"1.0.0"', "0", "1", "99999999999999999999999", "true", '"hexpm:x"', "'q'"),
        *('"https://u:p@h/x"', '"git@h:x"'),
    ]
)
TERMS = st.recursive(
    LEAVES,
    lambda children: st.one_of(
        st.lists(children, max_size=6).map(lambda items: "{" + ", ".join(items) + "}"),
        st.lists(children, max_size=4).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(children, max_size=3).map(lambda items: "[hex: " + ", optional: ".join(items) + "]"),
        st.lists(children, max_size=3).map(lambda items: '%{"a": ' + ', "b": '.join(items) + "}"),
        st.lists(children, max_size=2).map(lambda items: '%{"a" => ' + ', "b" => '.join(items) + "}"),
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("path", REAL)
@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=200) | st.text('{}[]%<>":,. a\n', max_size=60).map(str.encode))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", REAL)
@settings(deadline=None, max_examples=150)
@given(terms=st.lists(TERMS, min_size=1, max_size=3))
@example(terms=["{{pkg_hash_ext, :hex}}"])
def test_any_terms_when_parsed_then_nothing_escapes(path, terms):
    text = "%{" + ", ".join(f'"p{i}": {term}' for i, term in enumerate(terms)) + "}"
    erlang = (
        '{"1.2.0",[' + ",".join(f"{{{terms[0]},{term},0}}" for term in terms) + "]}.\n" + ".\n".join(terms)
    )
    assert_survives(path, (text if path == "mix.lock" else erlang).encode())


@pytest.mark.parametrize("path", REAL)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(path, data):
    content = REAL[path].read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    assert_survives(path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])


@pytest.mark.parametrize("path", REAL)
@pytest.mark.parametrize(
    "bomb", [b"[" * 1_000_000, b"%{" * 500_000, b'"' + b"\\" * 1_000_000, b'<<"' * 300_000]
)
def test_bomb_when_parsed_then_it_ends_soon_with_an_unknown(path, bomb):
    started = time.process_time()
    (sheet,) = parse_content(path, bomb)
    assert time.process_time() - started < 5
    assert sheet.components == []
    assert {row.kind for row in sheet.unknowns} <= {UnknownKind.BROKEN, UnknownKind.LIMIT}
    assert sheet.unknowns
