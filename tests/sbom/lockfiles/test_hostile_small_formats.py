"""Any bytes, any lines: the formats of Haskell, Julia, R, Perl, Lua, Nim and Zig cope."""

import json

import pytest
from ecosystem_fixtures import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed, shapes

FOLDERS = [
    *("stack_lock", "cabal_freeze", "cabal_file", "julia_manifest", "renv_lock", "r_description"),
    *("cpanfile_snapshot", "luarocks", "nimble", "build_zig_zon"),
]
REAL = sorted(
    path
    for folder in FOLDERS
    for path in (FIXTURES / folder).glob("*/*")
    if path.name not in ("expected.json", "cpanfile", "Project.toml")
)
PATHS = [
    *("stack.yaml.lock", "cabal.project.freeze", "a.cabal", "Manifest.toml", "renv.lock", "DESCRIPTION"),
    *("cpanfile.snapshot", "a.rockspec", "luarocks.lock", "a.nimble", "nimble.lock", "build.zig.zon"),
]
LINES = [
    *("name: x", "constraints: any.a ==1,", "  b +f,", "library", "common c", "  import: c"),
    *("  build-depends: a,", "  , b {x", "[[deps.A]]", 'uuid = "u"', 'deps = ["A", 7]', "[[A]]"),
    *("manifest_format = '2.0'", "Package: x", "Version: 1", "Imports: a (>= 1", "DISTRIBUTIONS"),
    *("  A-1", "    provides:", "      A 1", "    requirements:", "package = 'x'"),
    *("dependencies = { 'a >= 1', f(", "return {", "}", 'requires "a >= 1",', '  "b"', "version = 1"),
    *(".{", ".name = .a,", '.dependencies = .{ .x = .{ .url = "https://h/a/b/archive/c.zip" } }'),
    *("--[[", "[["),
]
KEYS = [
    *("Packages", "Package", "Version", "Requirements", "packages", "dependencies", "tasks"),
    *("completed", "hackage"),
]
TEXTS = ["a", "a-1.0@sha256:00,1", "R", "a (>= 1)", "", "1", "https://u:p@h/a/b", "/", "github"]


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=25)
@given(content=st.binary(max_size=200))
def test_any_bytes_when_parsed_then_nothing_escapes(path, content):
    assert_survives(path, content)


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None, max_examples=50)
@given(lines=st.lists(st.sampled_from(LINES), max_size=12))
def test_any_lines_when_parsed_then_nothing_escapes(path, lines):
    content = "\n".join(lines).encode()
    assert_survives(path, content, dict.fromkeys(["Project.toml", "DESCRIPTION", "cpanfile"], content))


@pytest.mark.parametrize("path", ["stack.yaml.lock", "renv.lock", "nimble.lock"])
@settings(deadline=None, max_examples=50)
@given(document=st.dictionaries(st.sampled_from(KEYS), shapes(KEYS, TEXTS), max_size=4))
def test_any_shape_when_parsed_then_nothing_escapes(path, document):
    assert_survives(path, json.dumps(document).encode())


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content)


@pytest.mark.parametrize("path", ["a.rockspec", "build.zig.zon", "a.cabal", "DESCRIPTION", "a.nimble"])
@pytest.mark.parametrize("piece", ["{", "a = {", "a,", "a(", '"', "[[", "--[[", ".{ .a = ", "a: ", "- "])
def test_file_when_one_piece_is_repeated_without_end_then_reading_ends(path, piece):
    assert_survives(path, b"package = 'x'\nPackage: x\nVersion: 1\nname: x\n" + piece.encode() * 20_000)
