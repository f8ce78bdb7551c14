"""Package.resolved as Xcode and SwiftPM write it."""

import pytest
from ecosystem_fixtures import Scan

from sbom.lockfiles.apple.swift_resolved import repository_path
from sbom.model import UnknownKind


def scan(case):
    return Scan("swift-resolved", "swift_resolved", case)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://github.com/Alamofire/Alamofire.git", "github.com/Alamofire/Alamofire"),
        ("https://user:token@GitHub.com/apple/swift-nio/", "github.com/apple/swift-nio"),
        ("git@git.example:city/geo.git", "git.example/city/geo"),
        ("ssh://git@git.example:2222/city/libs/geo.git", "git.example/city/libs/geo"),
        ("/Users/someone/geo", None),
        ("../geo", None),
        ("https://", None),
        ("https://[::1/geo", None),
    ],
)
def test_repository_when_it_has_a_host_then_its_path_names_the_package(url, path):
    assert repository_path(url) == path


def test_pins_when_version_1_then_a_branch_is_pinned_to_its_commit():
    found = scan("v1")
    assert {name: (row.constraint, row.line) for name, row in found.components.items()} == {
        "github.com/Alamofire/Alamofire@5.4.3": (None, 5),
        "git.example/city/sm-crypto@0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c": ("main", 14),
    }
    assert found.components["github.com/Alamofire/Alamofire@5.4.3"].source_url == (
        "git+https://github.com/Alamofire/Alamofire.git@f96b619bcb2383b43d898402283924b80e2c4bae"
    )


def test_pins_when_version_2_then_origins_have_no_credentials_and_no_path_of_a_machine():
    assert {name: row.source_url for name, row in scan("v2").components.items()} == {
        "github.com/apple/swift-nio@2.59.0": (
            "git+https://github.com/apple/swift-nio@3db5c4aeee8100d2db6f1eaf3864afdad5dc68fd"
        ),
        "git.example/city/libs/geo@aaaabbbbccccddddeeeeffff0000111122223333": (
            "git+ssh://git@git.example:2222/city/libs/geo.git@aaaabbbbccccddddeeeeffff0000111122223333"
        ),
        "git.example/city/unpinned": "git+https://git.example/city/unpinned",
        "local-tools@0.1.0": None,
    }
    assert [(kind, line) for kind, line, _ in scan("v2").reasons] == [(UnknownKind.UNRESOLVED, 30)]


def test_pin_when_of_a_registry_then_scope_and_name_name_it_once():
    found = scan("v3_registry")
    assert [(row.purl, row.line) for row in found.rows] == [("pkg:swift/mona/LinkedList@1.2.0", 5)]
    assert [kind for kind, _, _ in found.reasons] == [UnknownKind.BROKEN]


def test_direct_and_scope_when_the_format_does_not_tell_then_they_are_null():
    assert {(row.direct, row.scope) for row in scan("v2").rows} == {(None, None)}
    assert scan("v2").dependencies == []


@pytest.mark.parametrize(
    ("case", "package", "line"),
    [
        ("truncated_v1", "github.com/Alamofire/Alamofire@5.4.3", 18),
        ("truncated_v2", "github.com/apple/swift-nio@2.59.0", 15),
    ],
)
def test_file_when_cut_off_then_whole_pins_are_kept(case, package, line):
    found = scan(case)
    assert set(found.components) == {package}
    assert [(kind, at) for kind, at, _ in found.reasons] == [(UnknownKind.BROKEN, line)]


def test_version_when_newer_than_known_then_it_is_read_and_said():
    assert set(scan("newer").components) == {"git.example/a/a@1.0.0"}
    assert [kind for kind, _, _ in scan("newer").reasons] == [UnknownKind.UNSUPPORTED]


def test_file_when_nothing_is_pinned_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
