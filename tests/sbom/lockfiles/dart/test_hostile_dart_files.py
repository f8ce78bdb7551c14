"""Any bytes, any shape: the Dart formats end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

PATHS = ["pubspec.lock", "pubspec.yaml"]
REAL = FIXTURES / "pubspec_lock" / "flutter_app"
KEYS = st.sampled_from(
    [
        "packages",
        "name",
        "version",
        "dependencies",
        "dev_dependencies",
        "dependency_overrides",
        "description",
        "dependency",
        "source",
        "path",
        "git",
        "url",
        "ref",
        "sha256",
        "workspace",
        "topics",
        "a",
        "b",
        "/",
        "",
    ]
)
SHAPES = st.recursive(
    st.sampled_from(["direct main", "direct dev", "direct overridden", "transitive", "path", "git", "hosted"])
    | st.sampled_from(["1.0.0", "^1", "..", "../..", ".", "git@h:x", "https://u:p@h/x#y", ""])
    | st.none()
    | st.integers(0, 9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content, dict.fromkeys(PATHS, content))


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=80)
@given(
    document=st.dictionaries(KEYS, SHAPES, max_size=5),
    packages=st.dictionaries(KEYS, st.dictionaries(KEYS, SHAPES, max_size=5), max_size=4),
    manifest=SHAPES,
)
def test_any_shape_when_parsed_then_nothing_escapes(path, document, packages, manifest):
    content = json.dumps({**document, "packages": packages}).encode()
    assert_survives(path, content, dict.fromkeys([*PATHS, "a/pubspec.yaml"], json.dumps(manifest).encode()))


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(path, data):
    content = (REAL / path).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    assert_survives(path, content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :])
