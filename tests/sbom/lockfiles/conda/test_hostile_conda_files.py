"""Any bytes, any shape: the conda formats end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

PATHS = ["environment.yml", "conda-lock.yml", "conda-linux-64.lock", "pixi.lock", "pixi.toml"]
REAL = sorted(
    path
    for folder in ("conda_environment", "conda_lock", "conda_explicit", "pixi_lock", "pixi_toml")
    for path in (FIXTURES / folder).glob("*/*")
    if path.name in PATHS
)
KEYS = [
    *("dependencies", "pip", "package", "packages", "name", "version", "manager", "platform", "conda", "url"),
    *(
        "pypi",
        "depends",
        "requires_dist",
        "environments",
        "default",
        "linux-64",
        "metadata",
        "sources",
        "hash",
    ),
]
TEXTS = [
    *(
        "a",
        "a=1",
        "a::b",
        "conda",
        "pip",
        "linux-64",
        "1",
        "environment.yml",
        "../x.yml",
        "-r environment.yml",
    ),
    *("https://h/c/linux-64/a-1-0.conda", "git+https://h/a#1", "-e .", "!!", "a ; extra == 'x'", "", "./"),
]


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content, dict.fromkeys(PATHS, content))


@pytest.mark.parametrize("path", ["environment.yml", "conda-lock.yml", "pixi.lock"])
@settings(deadline=None, max_examples=100)
@given(document=st.dictionaries(st.sampled_from(KEYS), shapes(KEYS, TEXTS), max_size=5))
def test_any_shape_when_parsed_then_nothing_escapes(path, document):
    content = json.dumps(document).encode()
    assert_survives(path, content, dict.fromkeys(PATHS[:2], content))


@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content, {"pixi.toml": b"[dependencies]\nzlib = 7\n"})
