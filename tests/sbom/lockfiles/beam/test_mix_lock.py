"""mix.lock as Hex 2 writes it."""

from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("mix-lock", "mix_lock", case)


def test_packages_when_locked_then_the_outer_checksum_is_the_hash():
    found = scan("phoenix")
    assert {name: (row.line, row.hashes) for name, row in found.components.items()} == {
        "cowboy@2.10.0": (2, ("SHA-256:3afdccb7183cc6f143cb14d3cf51fa00e53db9ec80cdcd525482f5e99bc41d6b",)),
        "cowlib@2.12.1": (3, ("SHA-256:163b73f6367a7341b33c794c4e88e7dbfe6498ac42dcd69ef44c5bc5507c8db0",)),
        "jason@1.4.1": (4, ("SHA-256:fbb01ecdfd565b56261302f7e1fcc27c4fb8f32d56eab74db621fc154604a7a1",)),
        "sm_crypto@2b3c4d5e6f708192a3b4c5d6e7f8091223344556": (5, ()),
    }


def test_edges_when_a_requirement_is_optional_then_only_a_locked_one_is_an_edge():
    rows = {(row.from_purl, row.to_purl): (row.constraint, row.scope) for row in scan("phoenix").dependencies}
    assert rows == {
        ("pkg:hex/cowboy@2.10.0", "pkg:hex/cowlib@2.12.1"): ("2.12.1", Scope.REQUIRED),
        ("pkg:hex/jason@1.4.1", "pkg:hex/cowlib@2.12.1"): ("~> 2.0", Scope.OPTIONAL),
    }
    assert scan("phoenix").reasons == [
        (UnknownKind.UNRESOLVED, 2, "1 named dependencies are not locked in this file: ranch")
    ]


def test_repository_when_locked_then_the_origin_is_the_commit_without_credentials():
    (row,) = (row for row in scan("phoenix").rows if row.name == "sm_crypto")
    assert row.source_url == (
        "git+https://git.example/city/sm_crypto.git@2b3c4d5e6f708192a3b4c5d6e7f8091223344556"
    )


def test_direct_and_scope_when_only_code_tells_then_they_are_null():
    assert {(row.direct, row.scope) for row in scan("phoenix").rows} == {(None, None)}


def test_package_when_of_an_organisation_then_it_is_the_namespace_and_edges_follow_the_application():
    found = scan("organisation")
    assert [row.purl for row in found.rows] == ["pkg:hex/city/city_auth@1.0.0", "pkg:hex/mirrored@1.0.0-rc.1"]
    assert found.edges == {("mirrored@1.0.0-rc.1", "city/city_auth@1.0.0")}
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.BROKEN, 5),
        (UnknownKind.BROKEN, 6),
    ]


def test_entry_when_of_an_older_hex_then_what_it_lacks_is_null():
    found = scan("old")
    assert {name: (row.line, row.hashes) for name, row in found.components.items()} == {
        "httpotion@3.0.2": (2, ()),
        "poison@2.2.0": (1, ()),
    }


def test_file_when_cut_off_then_whole_entries_are_kept():
    found = scan("truncated")
    assert set(found.components) == {"cowboy@2.10.0", "cowlib@2.12.1", "jason@1.4.1"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 5)]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
