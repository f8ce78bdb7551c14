import json

import pytest
from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind

EXCLUDED, REQUIRED = Scope.EXCLUDED, Scope.REQUIRED


def scan(case):
    return Scan("conanfile", "conanfile", case)


@pytest.mark.parametrize("case", ["text", "recipe"])
def test_requirements_when_conan_reads_them_too_then_both_name_the_same(case):
    found = scan(case)
    expected = json.loads((found.folder / "expected.json").read_text())["direct"]
    rows = []
    for row in found.rows:
        channel = row.purl.partition("?channel=")[2]
        user = f"@{row.namespace}/{channel}" if row.namespace else ""
        rows.append([f"{row.name}/{row.version or row.constraint}{user}", row.scope.value])
    assert sorted(rows) == expected
    assert {name for name, is_direct in found.direct.items() if is_direct} == set(found.components)


def test_requirement_when_written_then_its_line_is_known():
    for case in ("text", "recipe"):
        found = scan(case)
        for row in found.rows:
            assert row.name in found.text_at(row)


def test_recipe_when_it_names_itself_then_that_is_declared():
    (row,) = scan("recipe").declared
    assert (row.purl, row.licence, row.description, row.line) == (
        "pkg:conan/gateway@2.1.0",
        "Apache-2.0",
        "a gateway",
        5,
    )


def test_recipe_when_it_computes_requirements_then_each_is_unresolved_with_its_line():
    found = scan("computed")
    assert set(found.components) == {"base-recipe@1.0", "boost@1.83.0", "fmt@10.1.1", "range"}
    assert [(row.kind, row.line) for row in found.unknowns] == [
        (UnknownKind.UNRESOLVED, 9),
        (UnknownKind.UNRESOLVED, 14),
        (UnknownKind.NO_EXACT_VERSION, 15),
        (UnknownKind.UNRESOLVED, 16),
    ]


def test_range_when_asked_for_then_it_is_the_constraint():
    found = scan("computed")
    assert found.components["range"].version is None
    assert found.asked["range"] == ("[>=1 <3]", REQUIRED)


def test_file_when_half_broken_then_the_other_lines_are_kept():
    found = scan("broken")
    assert found.scopes == {"zlib@1.3.1": REQUIRED, "cmake@3.27.7": EXCLUDED, "boost@1.8": EXCLUDED}
    assert [(row.path, row.kind, row.line) for row in found.unknowns] == [
        ("conanfile.py", UnknownKind.BROKEN, 5),
        ("conanfile.txt", UnknownKind.BROKEN, 3),
    ]


def test_lock_when_beside_then_it_replaces_the_rows():
    assert not scan("locked").rows
    assert len(Scan("conan-lock", "conanfile", "locked").rows) == 6


def test_reference_when_of_conan_1_then_user_channel_and_revision_are_told_apart():
    assert set(scan("classic").components) == {
        "pocoproject/Poco@1.9.4?channel=stable",
        "zlib@1.2.11",
        "lib@1.0",
        "ninja@1.11.1",
    }


def test_file_when_nothing_is_asked_then_only_the_stray_line_is_named():
    assert [(row.kind, row.line) for row in scan("empty").unknowns] == [(UnknownKind.BROKEN, 2)]


def test_recipe_when_its_shapes_are_odd_then_texts_are_still_read():
    assert scan("odd").scopes == {"cmake@3.1": EXCLUDED, "ninja@1.2": EXCLUDED}
