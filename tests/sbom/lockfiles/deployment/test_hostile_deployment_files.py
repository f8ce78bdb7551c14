"""Any bytes, any shape: workflows, compose files and manifests end with rows and unknowns."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import assert_survives, changed, parse_content, shapes

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles"
PATHS = [".github/workflows/a.yml", "action.yml", "compose.yml", "deploy.yaml"]
REAL = sorted(
    path
    for name in ("github_actions", "compose", "kubernetes")
    for path in (FIXTURES / name).rglob("*")
    if path.suffix in (".yml", ".yaml")
)
KEYS = """jobs steps uses container services image runs build << spec template jobTemplate containers items
initContainers apiVersion kind a"""
TEXTS = "a a/b@c docker://a ${{a}} $A ${A:-b} {{x}} v1 Pod ./a @ / a@sha256:0"
SHAPES = shapes(KEYS.split(), TEXTS.split())
HEADER = b"apiVersion: v1\nkind: Pod\nx:\n  image: a\n"


@pytest.mark.parametrize("path", PATHS)
@given(st.binary(max_size=200) | st.text("a:-\n &*!{}[]<'\"#", max_size=60).map(str.encode))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, HEADER + content)


@pytest.mark.parametrize("path", PATHS)
@given(value=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, value):
    members = {"jobs": value, "runs": value, "services": value, "spec": value, "items": value}
    rest = b"".join(f"{key}: {json.dumps(member)}\n".encode() for key, member in members.items())
    assert_survives(path, HEADER + rest)


@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    _, content = changed(data, REAL)
    for name in PATHS:
        assert_survives(name, content)


ALIASES = {
    "laughs": b"a: &a [x,x]\n"
    + b"".join(
        b"%s: &%s [*%s,*%s]\n" % (n, n, p, p)
        for n, p in zip(
            [b"b", b"c", b"d", b"e", b"f", b"g", b"h"],
            [b"a", b"b", b"c", b"d", b"e", b"f", b"g"],
            strict=True,
        )
    ),
    "jobs": b"s: &s\n"
    + b"- {uses: a/b@c}\n" * 3000
    + b"jobs:\n"
    + b"".join(b"  j%d: {steps: *s, services: {}}\n" % n for n in range(3000)),
    "items": b"c: &c\n"
    + b"- {image: a}\n" * 3000
    + b"items:\n"
    + b"- {apiVersion: v1, kind: Pod, spec: {containers: *c}}\n" * 3000,
    "cycle": b"services: &s\n  a: *s\n  <<: *s\n",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ALIASES)
def test_aliases_when_they_stand_for_very_much_then_each_object_is_read_once(path, name):
    started = time.process_time()
    sheets = parse_content(path, HEADER + ALIASES[name])
    assert time.process_time() - started < 5
    assert all(len(sheet.dependencies) <= 3000 for sheet in sheets)
