from ecosystem_fixtures import Scan

from sbom.model import UnknownKind


def scan(case):
    return Scan("cartfile-resolved", "cartfile_resolved", case)


def test_repositories_when_pinned_then_the_forge_decides_the_type():
    assert {row.purl: (row.source_url, row.line) for row in scan("forges").rows} == {
        "pkg:github/alamofire/alamofire@5.8.1": ("git+https://github.com/Alamofire/Alamofire@5.8.1", 1),
        "pkg:generic/git.corp.example/mobile/Kit@v2.0": ("git+https://git.corp.example/mobile/Kit@v2.0", 2),
        "pkg:generic/git.example/city/geo@1c2d3e4f5061728394a5b6c7d8e9f00112233445": (
            "git+https://git.example/city/geo.git@1c2d3e4f5061728394a5b6c7d8e9f00112233445",
            3,
        ),
        "pkg:github/reactivex/rxswift@6.6.0": ("git+https://github.com/ReactiveX/RxSwift.git@6.6.0", 4),
    }


def test_binary_when_pinned_then_its_address_is_the_origin():
    rows = {row.name: (row.type, row.source_url) for row in scan("binary").rows}
    assert rows["Maps.json"] == ("generic", "https://downloads.city.example/maps/Maps.json")
    assert len(rows) == 2


def test_repository_when_a_folder_of_a_machine_then_its_path_is_not_kept():
    assert [(row.purl, row.source_url) for row in scan("local").rows] == [
        ("pkg:generic/Other@abc", None),
        ("pkg:generic/Tools@0.1.0", None),
    ]


def test_line_when_it_pins_nothing_then_it_is_broken_and_the_others_are_kept():
    found = scan("broken")
    assert [row.name for row in found.rows] == ["snapkit"]
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 2),
        (UnknownKind.BROKEN, 3),
    ]


def test_file_when_empty_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
