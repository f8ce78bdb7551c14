"""build.zig.zon: packages by the addresses that they are fetched from."""

from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("build-zig-zon", "build_zig_zon", case)


def test_dependencies_when_of_forges_then_they_are_named_by_their_repositories():
    found = scan("addresses")
    assert {row.purl: (row.scope, row.line) for row in found.rows} == {
        "pkg:github/ziglibs/known-folders@0ad514dcfb7525e32ae349b9acc0a53976f3a9fa": (Scope.REQUIRED, 7),
        "pkg:github/hejsil/zig-clap@e47028deaefc2fb396d3d9e9f7bd776ae0b2a43a": (Scope.OPTIONAL, 11),
        "pkg:generic/codeberg.org/team/tagged@v1.2.3": (Scope.REQUIRED, 16),
        "pkg:generic/plain@2.0.1": (Scope.REQUIRED, 20),
        "pkg:generic/unclear": (Scope.REQUIRED, 24),
    }
    assert {row.source_url for row in found.rows if row.name == "plain"} == {
        "https://files.example/plain.tar.gz"
    }
    assert found.reasons == [
        (UnknownKind.NO_EXACT_VERSION, 24, "the address of unclear tells no version"),
        (UnknownKind.BROKEN, 26, "nothing has neither an address nor a path"),
    ]


def test_package_when_described_then_it_is_declared():
    assert [(row.purl, row.line) for row in scan("addresses").declared] == [
        ("pkg:generic/zig/sample@0.4.0", 2)
    ]


def test_file_when_cut_off_then_what_stands_before_is_kept_and_the_line_is_told():
    found = scan("broken")
    assert set(found.components) == {"a/b@v1"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 1)]
