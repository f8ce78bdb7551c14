"""build.zig.zon: packages by the addresses that they are fetched from."""

import pytest
from ecosystem_fixtures import Scan
from parsing import parse_content

from sbom.model import Scope, UnknownKind

URL = "https://github.com/a/b/archive/v1.tar.gz"
NAMED = "b-0.3.1-abcdefghijklmnopqrstuvwxyzabcdefghijkl_X"


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


@pytest.mark.parametrize(
    ("address", "digest", "version", "constraint"),
    [
        ("https://github.com/a/b/archive/refs/heads/main.tar.gz", "1220aa", None, "main"),
        ("https://github.com/a/b/archive/main.tar.gz", NAMED, "0.3.1", "main"),
        ("https://gitlab.com/a/b/-/archive/v2.0/b-v2.0.tar.gz?x#y", NAMED, "v2.0", None),
        ("https://github.com/a/b/releases/download/v1/b.zip", "", "v1", None),
        ("git+https://github.com/a/b#master", "", None, "master"),
        ("git+https://github.com/a/b", "", None, None),
    ],
)
def test_dependency_when_its_address_names_a_branch_then_that_is_no_version(
    address, digest, version, constraint
):
    content = f'.{{ .dependencies = .{{\n.b = .{{ .url = "{address}", .hash = "{digest}" }},\n}} }}'
    (sheet,) = parse_content("build.zig.zon", content.encode())
    assert [(row.name, row.version, row.constraint, row.direct, row.line) for row in sheet.components] == [
        ("b", version, constraint, True, 2)
    ]
    assert [(row.scope, row.constraint, row.line) for row in sheet.dependencies] == [
        (Scope.REQUIRED, constraint, 2)
    ]
    assert [row.kind for row in sheet.unknowns] == [UnknownKind.NO_EXACT_VERSION] * (version is None)


def test_dependencies_when_an_address_stands_twice_or_is_too_long_then_it_is_once_or_said():
    entries = "".join(
        f'.{name} = .{{ .url = "{url}" }},\n'
        for name, url in (("a", URL), ("b", URL), ("long", URL + "x" * 2000))
    )
    (sheet,) = parse_content("build.zig.zon", f".{{ .dependencies = .{{\n{entries}}} }}".encode())
    assert [(row.purl, row.line) for row in sheet.components] == [("pkg:github/a/b@v1", 2)]
    assert [(row.kind, row.line) for row in sheet.unknowns] == [(UnknownKind.LIMIT, 4)]


def test_file_when_it_is_no_struct_then_it_is_said():
    (sheet,) = parse_content("build.zig.zon", b'"text"')
    assert [(row.kind, row.reason) for row in sheet.unknowns] == [
        (UnknownKind.BROKEN, "not a build.zig.zon: no struct")
    ]


def test_package_when_described_then_it_is_declared():
    assert [(row.purl, row.line) for row in scan("addresses").declared] == [
        ("pkg:generic/zig/sample@0.4.0", 2)
    ]


def test_file_when_cut_off_then_what_stands_before_is_kept_and_the_line_is_told():
    found = scan("broken")
    assert set(found.components) == {"a/b@v1"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 1)]
