"""manifest.toml as Gleam 1 writes it."""

import json

import pytest
from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives

from sbom.model import Scope, UnknownKind

KEYS = st.sampled_from(
    [
        *("packages", "requirements", "name", "version", "build_tools", "source", "repo", "commit", "path"),
        *("outer_checksum", "dependencies", "a", "b"),
    ]
)
VALUES = st.recursive(
    st.sampled_from(["a", "b", "a/b", "/", "", "hex", "git", "local", "1.0.0", "https://u:p@h/x", "..", "00"])
    | st.booleans()
    | st.integers(0, 9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=5),
    max_leaves=20,
)


def scan(case):
    return Scan("gleam-manifest", "gleam_manifest", case)


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def test_packages_when_locked_then_scope_comes_from_the_project_beside():
    found = scan("app")
    assert {name: (row.direct, row.scope, row.line) for name, row in found.components.items()} == {
        "gleam_json@0.7.0": (True, Scope.REQUIRED, 6),
        "gleam_stdlib@0.34.0": (True, Scope.REQUIRED, 7),
        "gleeunit@1.0.2": (True, Scope.EXCLUDED, 8),
        "sm_crypto@0.2.0": (True, Scope.REQUIRED, 9),
        "test_helper@0.1.0": (False, Scope.EXCLUDED, 10),
        "thoas@1.2.0": (False, Scope.REQUIRED, 11),
    }


def test_edges_when_a_package_is_of_a_path_then_its_requirements_are_the_projects():
    assert scan("app").edges == {
        (None, "gleam_json@0.7.0"),
        (None, "gleam_stdlib@0.34.0"),
        (None, "gleeunit@1.0.2"),
        (None, "sm_crypto@0.2.0"),
        ("gleam_json@0.7.0", "gleam_stdlib@0.34.0"),
        ("gleam_json@0.7.0", "thoas@1.2.0"),
        ("gleeunit@1.0.2", "gleam_stdlib@0.34.0"),
        ("gleeunit@1.0.2", "test_helper@0.1.0"),
    }
    assert scan("app").asked["gleam_stdlib@0.34.0"] == ("~> 0.34", Scope.REQUIRED)
    assert [(kind, line) for kind, line, _ in scan("app").reasons] == [(UnknownKind.UNRESOLVED, 19)]


def test_archive_and_commit_when_locked_then_they_are_hash_and_source_url():
    found = scan("app").components
    assert found["thoas@1.2.0"].hashes == (
        "SHA-256:540c8cb7d9257f2ad0a14145dc23560f91acdca995f0ccba779eb33af5d859d1",
    )
    assert found["test_helper@0.1.0"].hashes == ()
    assert found["sm_crypto@0.2.0"].source_url == (
        "git+https://git.example/city/sm_crypto@2b3c4d5e6f708192a3b4c5d6e7f8091223344556"
    )


def test_scope_when_no_project_is_beside_the_lock_then_it_is_null():
    assert set(scan("without_project").scopes.values()) == {None}
    assert scan("without_project").direct["thoas@1.2.0"] is False


@pytest.mark.parametrize(
    ("case", "packages", "line"),
    [
        ("truncated", {"gleam_json@0.7.0", "gleam_stdlib@0.34.0"}, 8),
        ("merge_conflict", {"gleam_json@0.7.0", "gleam_stdlib@0.34.0"}, 8),
    ],
)
def test_file_when_broken_then_packages_before_are_kept_and_directness_is_left_open(case, packages, line):
    found = scan(case)
    assert set(found.components) == packages
    assert found.direct == {"gleam_json@0.7.0": True, "gleam_stdlib@0.34.0": None}  # a folder asks for it
    assert [(kind, at) for kind, at, _ in found.reasons] == [(UnknownKind.BROKEN, line)]


def test_entry_when_incomplete_then_what_it_lacks_is_said():
    found = scan("incomplete")
    assert set(found.components) == {"unversioned"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 2),
        (UnknownKind.UNRESOLVED, 3),
        (UnknownKind.UNRESOLVED, 3),
    ]


@pytest.mark.parametrize("case", ["other_tool", "empty"])
def test_file_when_of_another_tool_or_empty_then_there_are_no_rows(case):
    assert (scan(case).rows, scan(case).reasons) == ([], [])


@settings(deadline=None, max_examples=50)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(content):
    assert_survives("manifest.toml", content, {"gleam.toml": content})


@settings(deadline=None, max_examples=100)
@given(
    packages=st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=4),
    requirements=st.dictionaries(KEYS, VALUES, max_size=3),
    project=st.dictionaries(KEYS, VALUES, max_size=3),
)
def test_any_shape_when_parsed_then_nothing_escapes(packages, requirements, project):
    content = f"packages = {toml(packages)}\nrequirements = {toml(requirements)}\n".encode()
    other = "".join(f"{key} = {toml(value)}\n" for key, value in project.items()).encode()
    assert_survives("manifest.toml", content, {"gleam.toml": other})


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    folder = FIXTURES / "gleam_manifest" / "app"
    content = (folder / "manifest.toml").read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.sampled_from([0, 1, 40, len(content)]))
    changed = content[:start] + data.draw(st.binary(max_size=4)) + content[start + length :]
    assert_survives("manifest.toml", changed, {"gleam.toml": (folder / "gleam.toml").read_bytes()})
