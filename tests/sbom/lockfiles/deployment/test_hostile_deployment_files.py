"""Any bytes, any shape: workflows, compose files and manifests end with rows and unknowns."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, parse_content, shapes

from sbom.model import UnknownKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles"
PATHS = [
    *(".github/workflows/a.yml", "action.yml", "compose.yml", "deploy.yaml"),
    *(".gitlab-ci.yml", ".workflow/a.yml"),
]
REAL = sorted(
    path
    for name in ("github_actions", "compose", "kubernetes", "gitlab_ci", "gitee_go")
    for path in (FIXTURES / name).rglob("*")
    if path.suffix in (".yml", ".yaml")
)
KEYS = """jobs steps uses container services image runs build << spec template jobTemplate containers items
initContainers apiVersion kind a include component project ref variables parallel matrix name stages inputs
jdkVersion remote default"""
TEXTS = "a $A/b/c@d gitlab.com/a/b/c@1 ~latest a/b@c docker://a ${{a}} $A ${A:-b} {{x}} v1 ./a @ / a@sha256:0"
SHAPES = shapes(KEYS.split(), TEXTS.split())
HEADER = b"apiVersion: v1\nkind: Pod\nx:\n  image: a\n"


@pytest.mark.parametrize("path", PATHS)
@given(st.binary(max_size=200) | st.text("a:-\n &*!{}[]<'\"#", max_size=60).map(str.encode))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, HEADER + content)


@pytest.mark.parametrize("path", PATHS)
@given(value=SHAPES)
def test_any_shape_when_parsed_then_nothing_escapes(path, value):
    sections = ("jobs", "runs", "services", "spec", "items", "stages", "include")
    members = dict.fromkeys(sections, value)
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


def test_services_when_jobs_share_them_under_variables_then_there_is_an_end():
    services = b"s: &s\n" + b"- a:$X\n" * 3000
    jobs = b"".join(b"j%d: {services: *s, variables: {X: '%d'}}\n" % (n, n) for n in range(3000))
    started = time.process_time()
    (sheet,) = parse_content(".gitlab-ci.yml", services + jobs)
    assert time.process_time() - started < 5
    assert [row.kind for row in sheet.unknowns if row.kind is UnknownKind.LIMIT] == [UnknownKind.LIMIT]


JENKINS = st.sampled_from(
    [
        *("@Library(", "'a@1'", ") _", "library", "identifier:", "agent {", "docker", "image"),
        *("docker.image(", ")", "{", "}", "[", "]", "'b:1'", '"c:$d"', "\n", "=", ","),
        *("'", "remote: 'https://a/b'", "@", "yaml"),
        *("'''\nkind: Pod\n- image: x:1\n'''", "containerTemplate(image:", "//", "podTemplate"),
    ]
)


@settings(deadline=None, max_examples=150)
@given(words=st.lists(JENKINS, max_size=30))
def test_any_words_of_a_jenkinsfile_when_parsed_then_nothing_escapes(words):
    assert_survives("Jenkinsfile", " ".join(words).encode())


@pytest.mark.parametrize(
    "text", ["docker.image(" * 5000, "agent {" * 190, "library(" * 180 + "'a'", "@" * 40_000]
)
def test_jenkinsfile_when_it_repeats_one_thing_then_reading_takes_no_more_than_its_length(text):
    started = time.process_time()
    parse_content("Jenkinsfile", text.encode())
    assert time.process_time() - started < 5
