from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind

REQUIRED, EXCLUDED = Scope.REQUIRED, Scope.EXCLUDED


def locked(case):
    return Scan("paket-lock", "paket_lock", case)


def asked(case):
    return Scan("paket-dependencies", "paket_dependencies", case)


def test_packages_when_locked_in_groups_then_those_of_tests_are_excluded():
    found = locked("groups")
    assert found.scopes == {
        "FSharp.Core@6.0.7": REQUIRED,
        "Newtonsoft.Json@13.0.3": REQUIRED,
        "Suave@2.6.2": REQUIRED,
        "Utf8Json@1.3.7": REQUIRED,
        "FSharp.Core@8.0.101": EXCLUDED,
        "xunit@2.6.4": EXCLUDED,
        "xunit.core@2.6.4": EXCLUDED,
    }
    for row in found.rows:
        assert row.name in found.text_at(row)


def test_edges_when_within_groups_then_they_lead_to_the_groups_versions():
    found = locked("groups")
    assert ("Suave@2.6.2", "FSharp.Core@6.0.7") in found.edges
    assert ("xunit@2.6.4", "xunit.core@2.6.4") in found.edges
    assert found.asked["Suave@2.6.2"] == ("~> 2.6", REQUIRED)
    assert found.direct["Utf8Json@1.3.7"] is False


def test_lock_when_beside_then_what_is_asked_for_gives_no_rows_of_its_own():
    assert {row.parser for row in locked("groups").result.components} == {"paket-lock"}


def test_repositories_when_locked_then_they_are_at_their_commits():
    found = locked("repositories")
    assert set(found.components) == {
        "fsharp/fake@a25c2f256a99242c1106b5a3478aae6bb68c7a93",
        "fsprojects/paket@33d1bc8e4b1a2d6a9f3f33d1bc8e4b1a2d6a9f3f",
        "gitee.com/example/askme@97ee5ae7074bb414a3e5dd7d2f2d752547d0f542",
    }
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.UNRESOLVED, 13)]


def test_lock_when_nothing_says_what_is_asked_for_then_direct_is_open():
    assert locked("without_dependencies").direct == {"A@1.0": None}


def test_lock_when_half_broken_then_whole_lines_are_kept():
    found = locked("broken")
    assert set(found.components) == {"A@1.0"}
    assert {row.line for row in found.unknowns if row.kind is UnknownKind.BROKEN} == {1, 6, 7}


def test_dependencies_when_a_version_is_plain_then_it_is_exact_and_ranges_are_not():
    found = asked("plain")
    assert {name: row.constraint for name, row in found.components.items()} == {
        "Exact@1.2.3": "1.2.3",
        "Pinned@2.0.0-beta1": "== 2.0.0-beta1",
        "Range": ">= 1.0 < 2.0",
        "Any": None,
        "Fake.Core@6.0.0": "6.0.0",
        "fsharp/fake@v5.23.1": None,
        "owner/moving": None,
        "gitee.com/example/lib@v1.0": None,
    }
    assert found.scopes["Fake.Core@6.0.0"] is EXCLUDED
    assert [row.kind for row in found.unknowns] == [
        UnknownKind.NO_EXACT_VERSION,
        UnknownKind.NO_EXACT_VERSION,
        UnknownKind.UNRESOLVED,
    ]


def test_dependencies_when_lines_are_odd_then_what_has_a_name_is_kept():
    assert set(asked("odd").components) == {"A"}
