"""Julia's Manifest.toml, formats 1 and 2."""

from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("julia-manifest", "julia_manifest", case)


def by_name(found):
    return {row.name: (row.version, row.scope, row.direct) for row in found.rows}


def test_manifest_when_the_project_is_beside_then_it_tells_what_is_asked_for():
    found = scan("v2")
    assert by_name(found) == {
        "Dates": (None, Scope.REQUIRED, True),
        "Example": ("0.5.4", Scope.REQUIRED, True),
        "JSON": ("0.21.4", Scope.REQUIRED, True),
        "Parsers": ("2.5.10", Scope.REQUIRED, False),
        "Printf": (None, Scope.REQUIRED, False),
        "Test": (None, Scope.EXCLUDED, True),
    }
    json = next(row for row in found.rows if row.name == "JSON")
    assert json.purl == "pkg:julia/JSON@0.21.4?uuid=682c06a0-de6a-54ab-a142-c8b1cf79cde6"
    assert json.constraint == "0.21"
    example = next(row for row in found.rows if row.name == "Example")
    assert example.source_url == "git+https://github.com/JuliaLang/Example.jl.git@master"
    assert not found.reasons


def test_edges_when_dependencies_are_a_list_or_a_table_then_both_are_followed():
    plain = {tuple(part.partition("?")[0] for part in pair) for pair in scan("v2").edges if pair[0]}
    assert plain == {
        ("Dates", "Printf"),
        ("JSON@0.21.4", "Dates"),
        ("JSON@0.21.4", "Parsers@2.5.10"),
        ("Parsers@2.5.10", "Dates"),
    }
    found = scan("v1")
    assert {tuple(part.partition("?")[0] for part in pair) for pair in found.edges} == {
        ("JSON@0.21.4", "Dates")
    }
    assert set(found.direct.values()) == {None}
    assert found.reasons == [
        (UnknownKind.UNRESOLVED, 1, "1 named dependencies are not locked in this file: Parsers")
    ]


def test_lines_when_read_then_each_is_the_header_of_its_package():
    for row in scan("v2").rows:
        assert row.name in scan("v2").text_at(row)


def test_manifest_when_cut_off_or_another_tools_then_nothing_is_concluded():
    found = scan("broken")
    assert "JSON" in by_name(found)
    assert {row.scope for row in found.rows} == {None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 25)]
    assert not scan("other_tool").rows
    assert not scan("other_tool").reasons
