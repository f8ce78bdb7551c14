"""rebar.lock as rebar 3 writes it."""

from ecosystem_fixtures import Scan

from sbom.model import UnknownKind


def scan(case):
    return Scan("rebar-lock", "rebar_lock", case)


def test_packages_when_locked_then_depth_tells_what_is_direct():
    found = scan("app")
    assert {name: (row.direct, row.line) for name, row in found.components.items()} == {
        "cowboy@2.10.0": (True, 2),
        "cowlib@2.12.1": (False, 3),
        "real_name@1.0.0": (True, 4),
        "sm_crypto@2b3c4d5e6f708192a3b4c5d6e7f8091223344556": (True, 5),
    }
    assert set(found.asked) == {name for name, direct in found.direct.items() if direct}
    assert found.reasons == []


def test_hashes_when_locked_then_they_are_those_of_the_archives():
    found = scan("app").components
    assert found["cowboy@2.10.0"].hashes == (
        "SHA-256:3afdccb7183cc6f143cb14d3cf51fa00e53db9ec80cdcd525482f5e99bc41d6b",
    )
    assert found["real_name@1.0.0"].hashes == ()


def test_repository_when_locked_then_the_commit_is_version_and_origin():
    (row,) = (row for row in scan("app").rows if row.name == "sm_crypto")
    assert row.source_url == (
        "git+ssh://git@git.example/city/sm_crypto.git@2b3c4d5e6f708192a3b4c5d6e7f8091223344556"
    )


def test_file_when_it_has_no_version_then_it_is_the_list_alone():
    assert scan("old").direct == {
        "goldrush@8f1b715d36b650ec1e1f5612c00e28af6ab0de82": False,
        "lager@3.2.1": True,
    }


def test_entry_when_of_an_unknown_form_then_it_is_said_and_the_others_are_kept():
    found = scan("odd")
    assert found.direct == {"fine@1.0.0": None, "mercurial": True}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.UNRESOLVED, 3),
        (UnknownKind.BROKEN, 4),
    ]


def test_file_when_cut_off_then_whole_entries_are_kept():
    found = scan("truncated")
    assert set(found.components) == {"cowboy@2.10.0", "cowlib@2.12.1"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 4)]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
