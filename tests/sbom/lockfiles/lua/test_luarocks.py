"""Rockspecs and luarocks.lock; Lua itself is the oracle for what a rockspec holds."""

import json

from ecosystem_fixtures import Scan, assert_lines_name_the_packages
from parsing import parse_content

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.literal_tables import read_lua
from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("luarocks", "luarocks", case)


def test_rockspec_when_read_then_lua_finds_the_same_dependencies():
    found = scan("rockspec")
    expected = json.loads((found.folder / "expected.json").read_text())
    names = {(row.name, row.scope) for row in found.rows}
    assert {name for name, scope in names if scope is Scope.REQUIRED} == set(expected["required_names"])
    assert {name for name, scope in names if scope is Scope.EXCLUDED} == set(expected["tested_names"])
    assert_lines_name_the_packages(found)


def test_rockspec_when_its_version_is_put_together_then_it_is_known():
    (package,) = scan("rockspec").declared
    assert (package.purl, package.licence, package.description, package.keywords) == (
        "pkg:luarocks/sample@1.2-1",
        "MIT",
        "A sample",
        ("text", "tools"),
    )
    assert scan("rockspec").asked["lpeg@1.0.2-1"] == ("== 1.0.2-1", Scope.REQUIRED)
    assert "pkg:luarocks/someone/penlight" in {row.purl for row in scan("rockspec").rows}
    assert (UnknownKind.UNRESOLVED, 21, "test_dependencies are computed in part") in scan("rockspec").reasons


def test_lock_when_beside_a_rockspec_then_it_wins_and_calls_are_no_versions():
    found = scan("lock")
    assert {row.purl: row.scope for row in found.result.components} == {
        "pkg:luarocks/lpeg@1.0.2-1": Scope.REQUIRED,
        "pkg:luarocks/luafilesystem@1.8.0-1": Scope.REQUIRED,
        "pkg:luarocks/broken": Scope.REQUIRED,
        "pkg:luarocks/busted@2.1.1-1": Scope.EXCLUDED,
    }
    assert len(found.result.components) == 4
    assert found.reasons == [(UnknownKind.UNRESOLVED, 6, "no version is locked for broken")]


def test_rockspec_when_it_names_no_package_then_it_is_an_unknown():
    assert [(kind, line) for kind, line, _ in scan("broken").reasons] == [(UnknownKind.BROKEN, 1)]


def test_rockspec_when_it_computes_or_asks_by_platform_then_nothing_is_left_out_in_silence():
    content = b"""package = "a"
dependencies = {
   "b == 1",
   name .. " 2",
   platforms = { unix = { "c == 3" }, windows = {
      "d == 4" } },
}
build_dependencies = { "e == 5", os.getenv("X"), { "f" } }
test_dependencies = more()
"""
    (sheet,) = parse_content("a-1-1.rockspec", content)
    assert [(row.name, row.version, row.scope, row.line) for row in sheet.components] == [
        ("b", "1", Scope.REQUIRED, 3),
        ("c", "3", Scope.REQUIRED, 5),
        ("d", "4", Scope.REQUIRED, 6),
        ("e", "5", Scope.EXCLUDED, 8),
    ]
    assert [(row.kind, row.line) for row in sheet.unknowns] == [
        (UnknownKind.UNRESOLVED, 4),
        (UnknownKind.UNRESOLVED, 8),
        (UnknownKind.BROKEN, 8),
        (UnknownKind.UNRESOLVED, 9),
    ]


def test_files_when_cut_off_or_of_another_kind_then_what_stands_before_is_kept_and_it_is_said():
    (sheet,) = parse_content("luarocks.lock", b'return {\n dependencies = {\n  lpeg = "1.0.2-1", "')
    assert [(row.purl, row.line) for row in sheet.components] == [("pkg:luarocks/lpeg@1.0.2-1", 3)]
    assert [(row.kind, row.line) for row in sheet.unknowns] == [(UnknownKind.BROKEN, 1)]
    (sheet,) = parse_content("luarocks.lock", b"x = 1\n")
    assert [row.reason for row in sheet.unknowns] == ["not a luarocks.lock: it returns no table"]


def test_lua_when_a_table_does_not_end_then_what_it_holds_is_kept_and_the_line_is_told():
    found, error = read_lua('a = 1\nb = { "x", { "y"', DEFAULT_LIMITS)
    assert found["b"] == ["x", ["y"]]
    assert error.line == 2
    found, error = read_lua("f() a = { b = g(1, {2}), c = 'd' } e = a", DEFAULT_LIMITS)
    assert (dict(found["a"]), error) == ({"b": None, "c": "d"}, None)
