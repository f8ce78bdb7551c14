"""Podfile.lock as CocoaPods 1.14 writes it."""

from ecosystem_fixtures import Scan

from sbom.model import UnknownKind


def scan(case):
    return Scan("podfile-lock", "podfile_lock", case)


def test_pods_when_locked_then_those_of_a_path_are_the_projects_own():
    found = scan("app")
    assert {name: (row.direct, row.line) for name, row in found.components.items()} == {
        "Alamofire@5.8.1": (True, 2),
        "MapView@0.3.0": (True, 3),
        "SDWebImage@5.18.5": (True, 8),
        "SMCrypto@0.9.0": (True, 11),
        "SnapKit@5.6.0": (False, 12),
    }
    assert found.reasons == []


def test_edges_when_locked_then_constraint_and_line_are_known():
    found = scan("app")
    rows = {
        (row.from_purl, row.to_purl.partition("/")[2]): (row.constraint, row.line)
        for row in found.dependencies
    }
    assert rows == {
        (None, "Alamofire@5.8.1"): ("~> 5.8.0", 15),
        (None, "MapView@0.3.0"): (None, 16),
        (None, "SDWebImage@5.18.5"): ("~> 5.18", 7),
        (None, "SMCrypto@0.9.0"): (None, 18),
        ("pkg:cocoapods/MapView@0.3.0", "Alamofire@5.8.1"): ("~> 5.8", 4),
        ("pkg:cocoapods/MapView@0.3.0", "SnapKit@5.6.0"): (None, 5),
    }


def test_origin_when_a_pod_comes_from_git_then_it_is_the_checked_out_commit_without_credentials():
    found = scan("app").components
    assert found["SMCrypto@0.9.0"].source_url == (
        "git+https://git.example/city/SMCrypto.git@7b1d2e3f405162738495a6b7c8d9e0f102132435"
    )
    assert found["Alamofire@5.8.1"].source_url is None


def test_hashes_when_the_checksum_is_of_the_podspec_then_none_is_recorded():
    assert {row.hashes for row in scan("app").rows} == {()}


def test_subspecs_when_locked_then_they_are_one_component_and_quotes_do_not_matter():
    found = scan("subspecs")
    assert set(found.components) == {"FirebaseCore@10.18.0", "GoogleUtilities@7.12.0"}
    assert found.edges == {
        (None, "FirebaseCore@10.18.0"),
        (None, "GoogleUtilities@7.12.0"),
        ("FirebaseCore@10.18.0", "GoogleUtilities@7.12.0"),
    }
    assert {row.line for row in found.dependencies} == {3, 10, 11}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNRESOLVED, 7)]


def test_file_when_cut_off_then_pods_before_are_kept_and_directness_is_left_open():
    found = scan("truncated")
    assert set(found.components) == {"Alamofire@5.8.1", "MapView@0.3.0", "OwnKit@1.0.0"}
    assert set(found.direct.values()) == {None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 8)]


def test_file_when_it_holds_a_merge_conflict_then_pods_before_it_are_kept():
    found = scan("broken")
    assert set(found.components) == {"Alamofire@5.8.1"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 3),
        (UnknownKind.BROKEN, 6),
    ]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
