"""Any bytes, any shape: the OpenHarmony formats end with rows and unknowns, never with an exception."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles"
PATHS = ["oh-package-lock.json5", "oh-package.json5", "bundle.json"]
REAL = sorted(path for path in FIXTURES.glob("oh_*/**/*") if path.name in PATHS)
SHAPES = shapes(
    [
        "packages",
        "specifiers",
        "dependencies",
        "devDependencies",
        "dynamicDependencies",
        "name",
        "version",
        "resolved",
        "registryType",
        "integrity",
        "shasum",
        "meta",
        "enableUnifiedLockfile",
        "lockfileVersion",
        "component",
        "deps",
        "components",
        "third_party",
        "parameterFile",
        "keywords",
        "license",
        "a",
        "a@1",
        "a@^1",
        "a@../b",
    ],
    [
        "a",
        "a@1",
        "1",
        "^1",
        "file:../b",
        "../b",
        "./b.har",
        "@module:B",
        "@param:a.b",
        "local",
        "ohpm",
        "sha512-",
        "sha512-AAAA",
        "https://a:b@c/d",
        "tag:x",
        "@",
        "@a",
        "@a/",
        "@a/b",
        "a@",
        ".",
        "..",
        "/",
        "p.json5",
    ],
)


@pytest.mark.parametrize("path", PATHS)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content + b' "component"')


@pytest.mark.parametrize("path", PATHS)
@given(value=SHAPES, beside=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, value, beside):
    others = {"oh-package.json5": json.dumps(beside).encode(), "p.json5": json.dumps(beside).encode()}
    content = json.dumps({"packages": value, "component": value, "specifiers": value, "dependencies": value})
    assert_survives(path, content.encode(), {k: v for k, v in others.items() if k != path})
    assert_survives(path, json.dumps(value).encode())


@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content)
