"""Any bytes, any shape: the Apple platforms' formats end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

REAL = {
    "Package.resolved": FIXTURES / "swift_resolved" / "v2" / "Package.resolved",
    "Podfile.lock": FIXTURES / "podfile_lock" / "app" / "Podfile.lock",
    "Cartfile.resolved": FIXTURES / "cartfile_resolved" / "forges" / "Cartfile.resolved",
}
KEYS = st.sampled_from(
    [
        *("object", "pins", "version", "identity", "package", "location", "repositoryURL", "state", "kind"),
        *("revision", "branch", "PODS", "DEPENDENCIES", "EXTERNAL SOURCES", "CHECKOUT OPTIONS", ":path"),
        *(":git", ":commit", ":http", "A (1.0)", "A", "/"),
    ]
)
SHAPES = st.recursive(
    st.sampled_from(
        ["A (1.0)", "A/B (1.0)", "A", "/ (1)", "A (from `x`)", " (", "registry", "a.b", ".", "1.0"]
    )
    | st.sampled_from(["https://u:p@h/x", "git@h:x/y.git", "https://[", "/x", "git@:", "https://h:x/y"])
    | st.none()
    | st.integers(0, 9),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize("path", REAL)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", ["Package.resolved", "Podfile.lock"])
@settings(deadline=None, max_examples=100)
@given(document=st.dictionaries(KEYS, SHAPES, max_size=5), rows=st.lists(SHAPES, max_size=4))
def test_any_shape_when_parsed_then_nothing_escapes(path, document, rows):
    key = "pins" if path == "Package.resolved" else "PODS"
    assert_survives(path, json.dumps({**document, key: rows}).encode())


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["github", "git", "binary", '"a/b"', '"https://["', '"/"', '"git@h:x"', '"1"', " ", "#", "\n"]
        )
        | st.text(max_size=6),
        max_size=20,
    )
)
def test_any_words_of_a_cartfile_when_parsed_then_nothing_escapes(words):
    assert_survives("Cartfile.resolved", " ".join(words).encode("utf-8", "replace"))


@pytest.mark.parametrize("path", REAL)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(path, data):
    content = REAL[path].read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    assert_survives(path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])
