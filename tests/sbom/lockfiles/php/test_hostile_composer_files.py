"""Any bytes, any shape: the PHP formats end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

PATHS = ["composer.lock", "composer.json"]
KEYS = st.sampled_from(
    [
        "packages",
        "packages-dev",
        "name",
        "version",
        "source",
        "dist",
        "type",
        "url",
        "reference",
        "shasum",
        "require",
        "require-dev",
        "provide",
        "replace",
        "license",
        "keywords",
        "description",
        "repositories",
        "platform",
        "a/b",
        "c/d",
        "php",
        "ext-x",
    ]
)
TEXTS = st.sampled_from(
    [
        "a/b",
        "c/d",
        "A/B",
        "/",
        "a/",
        "/b",
        "dev-main",
        "v1.0.0",
        "1.0.0",
        "=1",
        "*",
        "path",
        "git",
        ".",
        "../..",
        "packages/*",
        "https://u:p@h/x",
        "git@h:x",
    ]
) | st.text(max_size=6)
SHAPES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(0, 9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS | TEXTS, children, max_size=5),
    max_leaves=25,
)
ENTRIES = st.lists(st.dictionaries(KEYS, SHAPES, max_size=6), max_size=4)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200), manifest=st.binary(max_size=60))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content, manifest):
    assert_survives(path, content, dict.fromkeys(PATHS, manifest))


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(table=st.dictionaries(KEYS, SHAPES, max_size=6), packages=ENTRIES, manifest=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, table, packages, manifest):
    content = json.dumps({**table, "packages": packages}).encode()
    assert_survives(path, content, dict.fromkeys([*PATHS, "a/composer.json"], json.dumps(manifest).encode()))


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_real_lock_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    content = (FIXTURES / "composer_lock" / "application" / "composer.lock").read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    changed = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives("composer.lock", changed)
