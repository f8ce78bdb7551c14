"""Any bytes, any shape: bun.lock and deno.lock end with rows and unknowns, never with an exception."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

REAL = sorted(
    path
    for folder, name in (("bun_lock", "bun.lock"), ("deno_lock", "deno.lock"))
    for path in (FIXTURES / folder).glob(f"*/{name}")
)
KEYS = [
    *("", "a", "@s/a", "a/b", "a@1", "npm:a@1", "jsr:@s/a@1", "packages", "workspaces", "catalog", "npm"),
    *("jsr", "specifiers", "workspace", "members", "packageJson", "remote", "dependencies", "integrity"),
    *("peerDependencies", "optionalPeers", "name", "lockfileVersion", "version", "https://deno.land/x/a@1/b"),
]
TEXTS = ["a@1.0.0", "@s/a@workspace:a", "npm:a@1", "jsr:@s/a", "catalog:", "a", "1", "", "file:..", "/", "@"]


@pytest.mark.parametrize("path", ["bun.lock", "bun.lockb", "deno.lock"])
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content, {"package.json": content})


@pytest.mark.parametrize("path", ["bun.lock", "deno.lock"])
@settings(deadline=None, max_examples=100)
@given(document=st.dictionaries(st.sampled_from(KEYS), shapes(KEYS, TEXTS), max_size=5))
def test_any_shape_when_parsed_then_nothing_escapes(path, document):
    assert_survives(path, json.dumps(document).encode(), {"package.json": json.dumps(document).encode()})


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content)
